import Foundation
import GRDB
import SyncCore

/// A node's folder on disk: the database and the lock that makes one process its owner.
///
/// SQLite before 3.51.3 can corrupt a write-ahead log when two connections write or checkpoint
/// at the same moment. So one process owns the folder, and within it one connection writes and
/// checkpoints.
public final class DataFolder: Sendable {
    public let path: String
    private let lock: Int32
    /// How long a statement waits for somebody who opened the database with another tool.
    private let busySeconds: Double

    /// Takes the lock, or says that somebody else has it.
    public init(path: String, busySeconds: Double = 5) throws {
        self.path = path
        self.busySeconds = busySeconds
        let lockPath = path + "/lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError.notInitialised(path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreError.locked(path: path)
        }
        lock = descriptor
    }

    deinit { close(lock) }

    public static func exists(path: String) -> Bool {
        FileManager.default.fileExists(atPath: path + "/node.sqlite")
    }

    var databasePath: String { path + "/node.sqlite" }

    func openPool() throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busySeconds)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            try db.execute(sql: "PRAGMA cache_size = -8000")
            // Of a database that is new. Twice SQLite's own: a catch-up writes half as many pages to
            // the log and from there to the database, and a single edit's log grows by 30 KiB.
            try db.execute(sql: "PRAGMA page_size = 8192")
        }
        if Self.exists(path: path) { try refuseForeign() } else { createPrivately() }
        let pool = try DatabasePool(path: databasePath, configuration: configuration)
        try backUpBeforeMigrating(pool)
        return pool
    }

    /// The node's secret key is in the database: nobody else on the machine may read it. SQLite
    /// gives its other files the same mode.
    private func createPrivately() {
        let descriptor = open(databasePath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Opening a pool turns any database into one with a write-ahead log: somebody else's is
    /// refused before that.
    private func refuseForeign() throws {
        let isOurs: Bool
        do { isOurs = try self.isOurs(readonly: true) } catch let error as DatabaseError
            where error.resultCode == .SQLITE_READONLY
        {
            // A crash before the first log was written left a journal, and only a connection that
            // may write rolls it back.
            isOurs = try self.isOurs(readonly: false)
        }
        guard isOurs else {
            throw StoreError.foreign("this is not a CreditSync database")
        }
    }

    private func isOurs(readonly: Bool) throws -> Bool {
        var configuration = Configuration()
        configuration.readonly = readonly
        let queue = try DatabaseQueue(path: databasePath, configuration: configuration)
        let isOurs = try queue.read { db in
            // Empty but for the list of migrations: a crash came before the first.
            try Int64.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID
                || Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations'
                        """) == 0
        }
        try queue.close()
        return isOurs
    }

    /// A copy of the database as it was, beside it, before a migration changes anything.
    private func backUpBeforeMigrating(_ pool: DatabasePool) throws {
        let pending = try pool.read { db in
            try !Schema.migrator.appliedIdentifiers(db).isEmpty
                && !Schema.migrator.hasCompletedMigrations(db)
        }
        guard pending else { return }
        let copy = try DatabaseQueue(path: databasePath + ".before-migration")
        try pool.backup(to: copy)
        try copy.close()
    }
}
