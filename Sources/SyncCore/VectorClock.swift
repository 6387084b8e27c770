/// The last change of one branch of a log.
public struct Tip: Hashable, Sendable, Comparable {
    public let sequence: UInt64
    public let hash: Digest

    public init(sequence: UInt64, hash: Digest) {
        self.sequence = sequence
        self.hash = hash
    }

    public static func < (a: Tip, b: Tip) -> Bool {
        a.sequence != b.sequence ? a.sequence < b.sequence : a.hash < b.hash
    }
}

/// What a node stores of one scope: for each log the reference of its highest change, several
/// after a fork. It selects deltas; it never says what an author had seen, `parents` and
/// `replaces` do.
public struct VectorClock: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public let log: LogID
        /// Ascending, never empty.
        public let tips: [Tip]

        public init(log: LogID, tips: [Tip]) {
            precondition(!tips.isEmpty, "a log without changes is not in a clock")
            self.log = log
            self.tips = tips.sorted()
        }
    }

    /// Ascending by log, one entry for each.
    public let entries: [Entry]

    public static let empty = VectorClock([])

    public init(_ entries: [Entry]) {
        self.entries = entries.sorted { $0.log < $1.log }
        for (a, b) in zip(self.entries, self.entries.dropFirst()) {
            precondition(a.log != b.log, "a clock names each log once")
        }
    }

    /// The tips of a log; none counts as sequence 0, before everything.
    public subscript(log: LogID) -> [Tip] {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].log < log { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].log == log ? entries[low].tips : []
    }

    public enum Order: Sendable { case equal, before, after, concurrent }

    /// Compares what two clocks cover. Absent counts as 0, so `{A:1}` is before `{A:1, B:1}`.
    /// A different hash at one place is a fork: concurrent, whatever the numbers say.
    public func compare(to other: VectorClock) -> Order {
        let isBelow = isCovered(by: other)
        let isAbove = other.isCovered(by: self)
        return switch (isBelow, isAbove) {
        case (true, true): .equal
        case (true, false): .before
        case (false, true): .after
        case (false, false): .concurrent
        }
    }

    private func isCovered(by other: VectorClock) -> Bool {
        entries.allSatisfy { entry in
            let theirs = other[entry.log]
            return entry.tips.allSatisfy { tip in
                // Tips of one clock are never ancestors of each other, so a tip that both show
                // cannot be what covers another.
                theirs.contains(tip)
                    || theirs.contains { $0.sequence > tip.sequence && !entry.tips.contains($0) }
                        && !theirs.contains { $0.sequence == tip.sequence }
            }
        }
    }
}
