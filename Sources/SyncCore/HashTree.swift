/// Changes of one log that follow each other without a branching, as a store keeps them.
public struct Run: Hashable, Sendable {
    /// The store's own number: never on the wire.
    public let id: Int64
    /// Where it leaves another run; nil when it starts at sequence 1.
    public let parent: Point?
    public let firstSequence: UInt64
    public let last: Tip

    public struct Point: Hashable, Sendable {
        public let run: Int64
        public let sequence: UInt64

        public init(run: Int64, sequence: UInt64) {
            self.run = run
            self.sequence = sequence
        }
    }

    public init(id: Int64, parent: Point?, firstSequence: UInt64, last: Tip) {
        self.id = id
        self.parent = parent
        self.firstSequence = firstSequence
        self.last = last
    }

    /// How many changes it holds.
    public var count: UInt64 {
        last.sequence - firstSequence + 1
    }
}

/// A stretch of one run.
public struct RunRange: Hashable, Sendable {
    public let run: Int64
    public let sequences: ClosedRange<UInt64>

    public init(run: Int64, sequences: ClosedRange<UInt64>) {
        self.run = run
        self.sequences = sequences
    }
}

/// All stored changes of one log. Almost always one run; a restored backup, a clone or an attack
/// makes it a tree, of which every branch is kept and applied.
public struct HashTree: Sendable {
    public let log: LogID
    /// Parents before children.
    public let runs: [Run]

    public init(log: LogID, runs: [Run]) {
        self.log = log
        self.runs = runs.sorted { $0.id < $1.id }
    }

    /// Hash prefix of the stored change at a place of a run. A store answers from its segment
    /// borders, and decodes a segment only for places between them.
    public typealias PrefixLookup = (_ run: Int64, _ sequence: UInt64) throws -> UInt64

    /// Every run's end is a tip: a child only ever leaves a run before its end.
    public var tips: [Tip] { runs.map(\.last).sorted() }

    public func run(_ id: Int64) -> Run? { runs.first { $0.id == id } }

    /// Where a change is stored, if it is.
    public func locate(sequence: UInt64, prefix: UInt64, _ lookup: PrefixLookup) rethrows -> Run
        .Point?
    {
        for run in runs where (run.firstSequence...run.last.sequence).contains(sequence) {
            let stored =
                sequence == run.last.sequence
                ? run.last.hash.prefix : try lookup(run.id, sequence)
            if stored == prefix { return Run.Point(run: run.id, sequence: sequence) }
        }
        return nil
    }

    /// The stretches between a point and the root, the point's own first.
    public func path(to point: Run.Point) -> [RunRange] {
        var ranges: [RunRange] = []
        var next: Run.Point? = point
        while let here = next, let run = run(here.run) {
            ranges.append(RunRange(run: run.id, sequences: run.firstSequence...here.sequence))
            next = run.parent
        }
        return ranges
    }

    /// What a peer with these tips lacks of this log.
    ///
    /// Nothing when the peer shows a tip that is unknown here and higher than one's own: one is
    /// merely behind, and the longer side will see the fork if there is one. `mark` is a change
    /// that both are known to hold; it counts only where the peer's tips are unknown here, and
    /// without it a byte budget never gets past the shared part of a forked log.
    public func lacking(
        peerTips: [(sequence: UInt64, prefix: UInt64)], mark: Reference?, _ lookup: PrefixLookup
    ) rethrows -> [RunRange] {
        var known: [Int64: UInt64] = [:]
        var unknownSequences: [UInt64] = []
        func learn(_ point: Run.Point) {
            for range in path(to: point) {
                known[range.run] = max(known[range.run] ?? 0, range.sequences.upperBound)
            }
        }
        for tip in peerTips {
            if let point = try locate(sequence: tip.sequence, prefix: tip.prefix, lookup) {
                learn(point)
            } else {
                unknownSequences.append(tip.sequence)
            }
        }
        if let mark, !unknownSequences.isEmpty,
            let point = try locate(sequence: mark.sequence, prefix: mark.prefix, lookup)
        {
            learn(point)
        }
        var wanted: [Int64: UInt64] = [:]
        for run in runs where (known[run.id] ?? 0) < run.last.sequence {
            if unknownSequences.contains(where: { $0 > run.last.sequence }) { continue }
            for range in path(to: Run.Point(run: run.id, sequence: run.last.sequence)) {
                wanted[range.run] = max(wanted[range.run] ?? 0, range.sequences.upperBound)
            }
        }
        return runs.compactMap { run in
            guard let through = wanted[run.id] else { return nil }
            let from = max(run.firstSequence, (known[run.id] ?? 0) + 1)
            return from <= through ? RunRange(run: run.id, sequences: from...through) : nil
        }
    }

    /// One line of a log after its forks are told apart.
    public struct Branch: Hashable, Sendable {
        /// Its first change; nil for the shared beginning.
        public let name: Reference?
        public let sequences: ClosedRange<UInt64>
    }

    /// The derived logs. At each branching every child starts one, named by its first change; so
    /// the names follow from the set of changes, never from which side arrived first.
    public func branches(_ lookup: PrefixLookup) rethrows -> [Branch] {
        let rootCount = runs.count { $0.parent == nil }
        var branches: [Branch] = []
        for run in runs {
            let forks = Set(
                runs.compactMap { $0.parent?.run == run.id ? $0.parent?.sequence : nil })
            var start = run.firstSequence
            var isNamed = run.parent != nil || rootCount > 1
            for end in forks.sorted() + [run.last.sequence] {
                let prefix =
                    start == run.last.sequence ? run.last.hash.prefix : try lookup(run.id, start)
                let name = Reference(log: log, sequence: start, prefix: prefix)
                branches.append(Branch(name: isNamed ? name : nil, sequences: start...end))
                start = end + 1
                isNamed = true
            }
        }
        return branches.sorted {
            guard let a = $0.name else { return $1.name != nil }
            guard let b = $1.name else { return false }
            return a < b
        }
    }
}
