import GRDB
import SyncCore

/// Sealed segments of a log as they came or left, for auditors: a part at a time, so that a log of
/// any length passes through little memory.
public struct SegmentPart: Sendable {
    /// Where the next part begins.
    public struct Place: Hashable, Sendable {
        let after: ChangeKey
        /// Last segments as of the first part: what comes later might miss what it follows.
        let ends: [Int64: ChangeKey]
    }

    /// Byte for byte, ascending; a branch follows the stretch from which it parts.
    public let encoded: [[UInt8]]
    /// Nil at the end of the log.
    public let next: Place?
}

extension Store {
    /// Of one part; at least one segment.
    public static let exportPartBytes = 1 << 20

    /// Nil where there is no such log.
    public func exportedSegments(
        of log: LogID, from place: SegmentPart.Place? = nil, budgetBytes: Int = exportPartBytes
    ) throws -> SegmentPart? {
        try reading { reader in
            guard let tree = reader.logs.tree(of: log) else { return nil }
            let start = place?.after ?? ChangeKey(rawValue: 0)
            var encoded: [[UInt8]] = []
            var leftBytes = budgetBytes
            var last = start
            let ends =
                place?.ends
                ?? Dictionary(
                    uniqueKeysWithValues: tree.runs.map {
                        ($0.id, ChangeKey(run: $0.id, sequence: $0.last.sequence))
                    })
            for (run, end) in ends.sorted(by: { $0.key < $1.key }) where end > start {
                let rows = try Row.fetchCursor(
                    reader.db.cachedStatement(
                        sql: """
                            SELECT key, encoded FROM segment WHERE key > ? AND key <= ? ORDER BY key
                            """),
                    arguments: [
                        max(start, ChangeKey(run: run, sequence: 0)).rawValue, end.rawValue,
                    ])
                while let row = try rows.next() {
                    if leftBytes <= 0, !encoded.isEmpty {
                        return SegmentPart(
                            encoded: encoded, next: SegmentPart.Place(after: last, ends: ends))
                    }
                    encoded.append(row.bytes(1))
                    leftBytes -= encoded[encoded.count - 1].count
                    last = ChangeKey(rawValue: row[0])
                }
            }
            return SegmentPart(encoded: encoded, next: nil)
        }
    }
}
