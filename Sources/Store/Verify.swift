import Foundation
import GRDB
import SyncCore
import WireFormat

/// What `verify` found: every log from its first change, every signature, every receipt, and the
/// projection against the fold of history.
public struct Verification: Sendable {
    public var logs = 0
    public var changes = 0
    public var segments = 0
    public var signatures = 0
    public var receipts = 0
    /// One sentence each; empty when all is well.
    public var problems: [String] = []

    public var isSound: Bool { problems.isEmpty }
}

extension Store {
    /// Reads everything once. The projection is rebuilt within a transaction that is rolled back,
    /// so edits wait meanwhile.
    public func verify() throws -> Verification {
        let verification: Verification
        // SQLite may say so only when it ends what it read.
        do { verification = try look() } catch StoreError.damaged(let what) {
            verification = Verification(problems: [what])
        }
        note(damage: verification.problems.first)
        return verification
    }

    private func look() throws -> Verification {
        let identity = identity
        let problems = try read(StructureCheck.problems)
        if !problems.isEmpty { return Verification(problems: problems) }
        var verification = try read { db in
            var check = LogCheck(db, identity: identity, logs: try LogTable(db))
            try check.run()
            return check.result
        }
        do {
            if try !isNameIndexSound() {
                verification.problems.append(
                    "the index of names is damaged: run `creditsync rebuild`")
            }
            if try !isProjectionTheFold(identity) {
                verification.problems.append(
                    "the projection is not the fold of history"
                        + (verification.isSound ? ": run `creditsync rebuild`" : ""))
            }
        } catch {
            verification.problems.append("the projection cannot be made from history: \(error)")
        }
        return verification
    }

    /// Whether the index says of each name what the name says. Asking is a write to SQLite.
    private func isNameIndexSound() throws -> Bool {
        try withWriter { db in
            do {
                try db.inTransaction {
                    try db.execute(
                        sql: "INSERT INTO name_index (name_index) VALUES ('integrity-check')")
                    return .rollback
                }
                return true
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
                return false
            }
        }
    }

    private func isProjectionTheFold(_ identity: Identity) throws -> Bool {
        var isEqual = false
        try withWriter { db in
            try db.inTransaction {
                let before = try Rebuild.digest(db)
                try Rebuild.run(db, identity: identity)
                isEqual = try Rebuild.digest(db) == before
                return .rollback
            }
        }
        return isEqual
    }
}
