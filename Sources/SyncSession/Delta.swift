import SyncCore

/// Which stored changes a peer lacks. It follows from the peer's clock and one's own trees, never
/// from remembered peer state.
public enum Delta {
    public struct Missing: Sendable {
        public let log: LogID
        /// Parents before children.
        public let ranges: [RunRange]
    }

    public static func missing(
        at peer: VectorClock, from trees: [HashTree], marks: [Reference],
        _ lookup: HashTree.PrefixLookup
    ) rethrows -> [Missing] {
        var missing: [Missing] = []
        for tree in trees {
            let ranges = try tree.lacking(
                peerTips: peer[tree.log].map { ($0.sequence, $0.hash.prefix) },
                mark: marks.first { $0.log == tree.log }, lookup)
            if !ranges.isEmpty { missing.append(Missing(log: tree.log, ranges: ranges)) }
        }
        return missing
    }

    /// The order of sending, over all scopes: urgent lanes first, what was refused before last, in
    /// the order given.
    public static func ordered(_ missing: [Missing], deferred: [LogID]) -> [Missing] {
        let places = Dictionary(
            deferred.enumerated().map { ($1, $0 + 1) }, uniquingKeysWith: { $1 })
        return missing.sorted { a, b in
            let (first, second) = (places[a.log] ?? 0, places[b.log] ?? 0)
            return first == second ? a.log < b.log : first < second
        }
    }

    /// Logs of which each side shows the other a tip that it does not know.
    public static func mismatched(
        own: VectorClock, peer: VectorClock, isStored: (Reference) throws -> Bool
    ) rethrows -> Set<LogID> {
        var logs: Set<LogID> = []
        for entry in peer.entries {
            let mine = own[entry.log]
            guard !mine.isEmpty, mine.contains(where: { !entry.tips.contains($0) }) else {
                continue
            }
            let isUnknown = try entry.tips.contains { tip in
                try !isStored(Reference(log: entry.log, sequence: tip.sequence, hash: tip.hash))
            }
            if isUnknown { logs.insert(entry.log) }
        }
        return logs
    }
}

/// How much may still be sent. A budget means: at least one segment, stop after the one that
/// passes it.
public struct ByteBudget: Sendable {
    public private(set) var leftBytes: Int

    public init(bytes: Int) { leftBytes = bytes }

    public var isSpent: Bool { leftBytes <= 0 }
    public mutating func spend(_ bytes: Int) { leftBytes -= bytes }
}
