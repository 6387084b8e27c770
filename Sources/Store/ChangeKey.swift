import SyncCore

/// Where a change is stored: its run and its sequence in one integer, so that rows lie in the
/// order of creation and nothing random is indexed. Local to a store, never on the wire.
struct ChangeKey: Hashable, Comparable, Sendable {
    static let sequenceBits: Int64 = 40
    static let runs: Range<Int64> = 1..<1 << 23
    let rawValue: Int64

    init(rawValue: Int64) { self.rawValue = rawValue }

    init(run: Int64, sequence: UInt64) {
        precondition(sequence <= Limits.sequenceMax && Self.runs.contains(run))
        rawValue = run << Self.sequenceBits | Int64(sequence)
    }

    var run: Int64 { rawValue >> Self.sequenceBits }
    var sequence: UInt64 { UInt64(rawValue) & Limits.sequenceMax }

    static func < (a: ChangeKey, b: ChangeKey) -> Bool { a.rawValue < b.rawValue }
}

extension ChangeKey {
    /// A record whose creation is not stored: below zero, and a function of the reference alone.
    static func absent(_ record: Reference) -> ChangeKey {
        let prefix = Digest.sha256(Array(record.description.utf8)).prefix
        return ChangeKey(rawValue: -Int64(prefix >> 2) - 1)
    }

    var isAbsent: Bool { rawValue < 0 }
}
