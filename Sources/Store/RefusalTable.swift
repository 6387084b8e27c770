import GRDB
import SyncCore

/// Refused segments, kept with the reason until somebody has looked.
enum RefusalTable {
    static func note(_ refusal: Refusal, atHub: Bool, at: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO refusal (at, at_hub, rule, log, first_sequence, position, times)
                VALUES (?, ?, ?, ?, ?, ?, 1)
                ON CONFLICT (at_hub, rule, log, first_sequence, position)
                DO UPDATE SET at = excluded.at, times = times + 1
                """,
            arguments: [
                at, atHub, Int64(refusal.rule.rawValue), refusal.log?.description ?? "",
                Int64(refusal.firstSequence), refusal.position,
            ])
        // The oldest give way: a peer must not be able to fill the disk with them.
        try db.execute(
            sql: """
                DELETE FROM refusal WHERE id IN
                (SELECT id FROM refusal ORDER BY at DESC LIMIT -1 OFFSET \(Limits.refusalRows))
                """)
    }
}
