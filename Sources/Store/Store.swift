import Foundation
import GRDB
import SyncCore
import Synchronization
import WireFormat

/// A node's database: everything SQL. Two doors write records, `append` and `apply`; both answer
/// only after a durable commit. All calls are synchronous: call them off the event loop.
public final class Store: Sendable {
    let writer: any DatabaseWriter
    let folder: DataFolder?
    private let currentIdentity: Mutex<Identity>
    /// What the transaction under way wrote.
    private let mintedIdentity = Mutex<Identity?>(nil)
    private let metDamage = Mutex<String?>(nil)
    /// A commit failed, and nobody knows yet what the next process will find of it.
    private let isUnsettled = Mutex(false)
    private let calls = OpenCalls()
    /// How many changes that others wrote are stored before a transaction ends.
    let changesPerTransaction: Int
    public static let changesPerTransaction = 4096
    public let clock: @Sendable () -> Int64
    public let random: @Sendable (Int) -> [UInt8]

    /// Milliseconds UTC by this machine.
    public static let systemClock: @Sendable () -> Int64 = {
        Int64(Date().timeIntervalSince1970 * 1000)
    }

    public static let systemRandom: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Milliseconds UTC by this machine.
    public var now: Int64 { clock() }

    public var identity: Identity { currentIdentity.withLock { $0 } }

    /// What was met last of what contradicts itself here, until `verify` finds everything sound.
    public var knownDamage: String? { metDamage.withLock { $0 } }

    func note(damage: String?) { metDamage.withLock { $0 = damage } }

    private func notingDamage<T>(_ work: () throws -> T) throws -> T {
        do { return try work() } catch let error as StoreError {
            if case .damaged(let what) = error { note(damage: what) }
            throw error
        }
    }

    // MARK: Opening

    /// Creates the store of a new node.
    public static func create(_ identity: Identity, in folder: DataFolder) throws {
        try namingFaults {
            let pool = try folder.openPool()
            defer { try? pool.close() }
            // A crash after the migration and before the identity leaves a folder that is still
            // new.
            let isTaken = try pool.read { db in
                try db.tableExists("identity") && IdentityTable.read(db) != nil
            }
            if isTaken { throw StoreError.alreadyInitialised(path: folder.path) }
            try prepare(pool, identity: identity)
        }
    }

    public convenience init(
        folder: DataFolder, changesPerTransaction: Int = changesPerTransaction,
        clock: @escaping @Sendable () -> Int64 = systemClock,
        random: @escaping @Sendable (Int) -> [UInt8] = systemRandom
    ) throws {
        guard DataFolder.exists(path: folder.path) else {
            throw StoreError.notInitialised(path: folder.path)
        }
        let pool = try Self.namingFaults { try folder.openPool() }
        try self.init(
            pool, folder: folder, changesPerTransaction: changesPerTransaction, clock: clock,
            random: random)
    }

    /// A store in memory, for simulation: `identity` creates it, nil opens it again as after a
    /// crash of the process.
    public convenience init(
        inMemory queue: InMemoryDatabase, identity: Identity?,
        changesPerTransaction: Int = changesPerTransaction,
        clock: @escaping @Sendable () -> Int64, random: @escaping @Sendable (Int) -> [UInt8]
    ) throws {
        if let identity { try Self.prepare(queue.queue, identity: identity) }
        try self.init(
            queue.queue, folder: nil, changesPerTransaction: changesPerTransaction, clock: clock,
            random: random)
    }

    /// GRDB resets this to NORMAL when it opens a pool, which loses acknowledged commits in a power
    /// cut. It also begins the log so: what it wrote there is synced now. Had a later commit's sync
    /// failed first, the system would have forgotten it, and all that follows it in the log would
    /// be lost with it, acknowledged or not.
    private static func makeDurable(_ writer: any DatabaseWriter) throws {
        let (level, isBusy) = try writer.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            return (
                try Int.fetchOne(db, sql: "PRAGMA synchronous"),
                try Bool.fetchOne(db, sql: "PRAGMA wal_checkpoint") ?? false
            )
        }
        precondition(level == 2, "commits must be durable before they are acknowledged")
        if isBusy { throw StoreError.busy }
    }

    private static func prepare(_ writer: any DatabaseWriter, identity: Identity) throws {
        // A key that was printed and registered must not be lost in a power cut either.
        try makeDurable(writer)
        try Schema.migrator.migrate(writer)
        try writer.write { db in try IdentityTable.write(identity, db) }
    }

    private init(
        _ writer: any DatabaseWriter, folder: DataFolder?, changesPerTransaction: Int,
        clock: @escaping @Sendable () -> Int64, random: @escaping @Sendable (Int) -> [UInt8]
    ) throws {
        self.writer = writer
        self.folder = folder
        self.changesPerTransaction = changesPerTransaction
        self.clock = clock
        self.random = random
        guard let identity = try Self.namingFaults({ try Self.opened(writer) }) else {
            throw StoreError.notInitialised(path: folder?.path ?? "memory")
        }
        currentIdentity = Mutex(identity)
    }

    /// Brings the database up to this version. Nil: there is no node in it.
    private static func opened(_ writer: any DatabaseWriter) throws -> Identity? {
        guard try writer.read({ try $0.tableExists("identity") }) else { return nil }
        if try writer.read({ try Schema.migrator.hasBeenSuperseded($0) }) {
            throw StoreError.foreign("a newer version of CreditSync wrote this database")
        }
        try makeDurable(writer)
        try Schema.migrator.migrate(writer)
        return try writer.read(IdentityTable.read)
    }

    static let closeSeconds = 5.0

    /// What goes on for longer keeps the database open: the process ends under it, as by a kill,
    /// and nothing that was acknowledged depends on more.
    public func close() throws {
        if calls.close(within: Self.closeSeconds) { try writer.close() }
    }

    // MARK: Identity

    /// Goes on under a new incarnation: the current one was written by somebody else, too.
    func mint(_ db: Database) throws {
        let before = identity
        try Tail.sealAll(try LogTable(db), identity: before, at: clock(), db)
        try db.execute(sql: "DELETE FROM salt")
        let next = before.with(incarnation: random(8).reduce(0) { $0 << 8 | UInt64($1) })
        try IdentityTable.write(next, db)
        mintedIdentity.withLock { $0 = next }
    }

    // MARK: Names

    /// Indexes names that came since the last call.
    public func indexNames() throws {
        if try read({ try Int.fetchOne($0, sql: "SELECT 1 FROM name_queue LIMIT 1") }) == nil {
            return
        }
        var isMore = true
        while isMore {
            isMore = try write { db in
                try NameIndex.indexBatch(db, logs: try LogTable(db), hub: identity.hub)
            }
        }
    }

    // MARK: Transactions

    /// After an I/O error at commit nothing of it is seen, but it may lie in the log whole: the next
    /// process would find it there. After one that went unnoticed before, SQLite has given the
    /// transaction up (`SQLITE_ABORT`).
    func write<T>(_ updates: (Database) throws -> T) throws -> T {
        do {
            return try notingDamage {
                try Self.namingFaults { try calls.run { try transaction(updates) } }
            }
        } catch let error as DatabaseError where Self.leavesOpen.contains(error.resultCode) {
            isUnsettled.withLock { $0 = true }
            throw settle() ? StoreError.notStored("\(error)") : .outcomeUnknown("\(error)")
        }
    }

    /// The next transaction sees what this one minted, and none sees what a failed one did. (GRDB
    /// would tell of a failed commit's mint when the next one succeeds.)
    private func transaction<T>(_ updates: (Database) throws -> T) throws -> T {
        try writer.writeWithoutTransaction { db in
            mintedIdentity.withLock { $0 = nil }
            var result: T?
            try db.inTransaction(.immediate) {
                result = try updates(db)
                return .commit
            }
            if let minted = mintedIdentity.withLock({ $0 }) {
                currentIdentity.withLock { $0 = minted }
            }
            guard let result else { preconditionFailure("a transaction that was not run") }
            return result
        }
    }

    private static let leavesOpen: [ResultCode] = [
        .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_ABORT, .SQLITE_NOMEM,
    ]

    /// The next commit takes the place in the log of one that failed, which is then gone for good: a
    /// commit that changes nothing will do. False: the disk fails still.
    private func settle() -> Bool {
        isUnsettled.withLock { isUnsettled in
            guard isUnsettled else { return true }
            isUnsettled =
                (try? calls.run {
                    try writer.writeWithoutTransaction { db in
                        // Writes its page also where the value stays the same.
                        try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                    }
                }) == nil
            return !isUnsettled
        }
    }

    /// What is read of a change whose outcome was open stays so.
    func read<T>(_ body: (Database) throws -> T) throws -> T {
        _ = settle()
        return try notingDamage {
            try Self.namingFaults {
                // In memory there is one connection. GRDB would make it read-only for each read and
                // writable again, upon which SQLite compiles every statement anew.
                try calls.run {
                    try folder == nil ? writer.unsafeRead(body) : writer.read(body)
                }
            }
        }
    }

    /// The writer's connection, for checks that write and take it back.
    func withWriter<T>(_ body: (Database) throws -> T) throws -> T {
        try Self.namingFaults { try calls.run { try writer.writeWithoutTransaction(body) } }
    }

    /// A write begins by taking the lock (`BEGIN IMMEDIATE`), so one that meets somebody else's has
    /// written nothing.
    static func namingFaults<T>(_ work: () throws -> T) throws -> T {
        do { return try work() } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: throw StoreError.busy
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw StoreError.damaged("SQLite: \(error)")
            default: throw error
            }
        }
    }
}
