import Foundation
import GRDB
import SyncCore
import WireFormat

/// How a node stands: for people, for `status` and for metrics.
public struct StoreStatus: Sendable {
    public struct LogStatus: Sendable {
        public let log: LogID
        public let branches: Int
        public let changes: UInt64
        /// Through which sequence the hub signed for it.
        public let receiptedThrough: UInt64?
    }

    public let identity: Identity
    public let logs: [LogStatus]
    public let changes: Int
    public let segments: Int
    public let unsealed: Int
    public let openConflicts: Int
    public let waiting: Int
    public let refusals: Int
    /// Own changes that the hub's last clock does not show.
    public let pendingUpload: Int
    /// When an exchange last brought or took something; milliseconds UTC, kept over restarts.
    public let lastNews: Int64?
    public let scopes: [ScopeReport]
    public let databaseBytes: Int
}

/// A refused segment on record.
public struct RefusalRecord: Sendable {
    public let at: Int64
    public let isAtHub: Bool
    public let rule: RefusalRule
    public let log: String
    public let firstSequence: UInt64
    public let times: Int
}

/// What is left to do, found without counting what is stored.
public struct Backlog: Sendable {
    /// Own changes that the hub's last clock does not show.
    public let pendingUpload: Int
    public let openConflicts: Int
}

extension Store {
    public func backlog() throws -> Backlog {
        try read { db in
            let logs = try LogTable(db)
            return Backlog(
                pendingUpload: try pendingUpload(logs, db),
                openConflicts: try Int.fetchOne(db, sql: "SELECT count(*) FROM conflict") ?? 0)
        }
    }

    private func pendingUpload(_ logs: LogTable, _ db: Database) throws -> Int {
        let identity = identity
        guard identity.role == .county else { return 0 }
        var pending = 0
        for scope in identity.ownScopes {
            let hub = try HubClockTable.read(scope, db) ?? .empty
            for tree in logs.trees(in: scope) where tree.log.node == identity.node {
                let there = hub[tree.log].map(\.sequence).max() ?? 0
                let here = tree.tips.map(\.sequence).max() ?? 0
                pending += Int(here - min(here, there))
            }
        }
        return pending
    }

    public func status() throws -> StoreStatus {
        let identity = identity
        return try read { db in
            func count(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
            let logs = try LogTable(db)
            var receipted: [LogID: UInt64] = [:]
            for (receipt, _) in try ReceiptTable.all(logs: logs, db) {
                receipted[receipt.log] = max(receipted[receipt.log] ?? 0, receipt.sequence)
            }
            let statuses = logs.ids.keys.sorted().compactMap(logs.tree).map { tree in
                StoreStatus.LogStatus(
                    log: tree.log, branches: tree.runs.count,
                    changes: tree.runs.reduce(0) { $0 + $1.count },
                    receiptedThrough: receipted[tree.log])
            }
            let scopes =
                identity.role == .county
                ? identity.ownScopes : Set(logs.ids.keys.map(\.scope)).union([.province]).sorted()
            return StoreStatus(
                identity: identity, logs: statuses,
                changes: Int(statuses.reduce(0) { $0 + $1.changes }),
                segments: try count("SELECT count(*) FROM segment"),
                unsealed: try count("SELECT count(*) FROM tail"),
                openConflicts: try count("SELECT count(*) FROM conflict"),
                waiting: try count("SELECT count(*) FROM waiting"),
                refusals: try count("SELECT count(*) FROM refusal"),
                pendingUpload: try pendingUpload(logs, db),
                lastNews: try HubClockTable.lastNews(db),
                scopes: scopes.map(logs.report),
                databaseBytes: try count(
                    "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
        }
    }

    public func refusals() throws -> [RefusalRecord] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT at, at_hub, rule, log, first_sequence, times FROM refusal ORDER BY at
                    """
            ).compactMap { row in
                RefusalRule(rawValue: UInt8(truncatingIfNeeded: row[2] as Int64)).map { rule in
                    RefusalRecord(
                        at: row[0], isAtHub: row[1], rule: rule, log: row[3],
                        firstSequence: UInt64(clamping: row[4] as Int64), times: row[5])
                }
            }
        }
    }
}
