import Foundation
import GRDB
import SyncCore
import WireFormat

/// The clocks that the hub answered last, kept over restarts.
enum HubClockTable {
    static func write(
        _ clock: VectorClock, of scope: Scope, at: Int64, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO hub_clock (scope, clock, noted_at) VALUES (?, ?, ?)"
        ).execute(arguments: [scope.description, clock.encoded.blob, at])
    }

    static func read(_ scope: Scope, _ db: Database) throws -> VectorClock? {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT clock FROM hub_clock WHERE scope = ?"),
                arguments: [scope.description])
        else { return nil }
        // Damage here must not keep a node from the hub, whose next answer says it anew.
        return try? VectorClock(encoded: row.bytes(0))
    }

    /// When an exchange last brought or took something; milliseconds UTC.
    static func lastNews(_ db: Database) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT max(noted_at) FROM hub_clock")
    }
}
