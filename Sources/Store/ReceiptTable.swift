import Foundation
import GRDB
import SyncCore
import WireFormat

/// The hub's signatures.
enum ReceiptTable {
    static func insert(_ receipt: Receipt, log: Int64, at: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO receipt (log, sequence, hash, signature, stored_at)
                VALUES (?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            log, Int64(receipt.sequence), receipt.hash.bytes.blob, receipt.signature.blob, at,
        ])
    }

    static func covers(_ log: LogID, _ tip: Tip, logs: LogTable, _ db: Database) throws -> Bool {
        guard let id = logs.ids[log] else { return false }
        return try Int.fetchOne(
            db.cachedStatement(
                sql: "SELECT 1 FROM receipt WHERE log = ? AND sequence = ? AND hash = ?"),
            arguments: [id, Int64(tip.sequence), tip.hash.bytes.blob]) != nil
    }

    static func all(logs: LogTable, _ db: Database) throws -> [(receipt: Receipt, at: Int64)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT log, sequence, hash, signature, stored_at FROM receipt
                    ORDER BY log, sequence
                    """)
        ).compactMap { row in
            guard let log = logs.logs[row[0]] else { return nil }
            return (
                Receipt(
                    log: log, sequence: try row.sequence(1), hash: try row.digest(2),
                    signature: row.bytes(3)), row[4]
            )
        }
    }
}
