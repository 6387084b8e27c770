import Foundation
import GRDB
import SyncCore
import SyncSession
import Synchronization
import WireFormat

/// A node's database: everything SQL. Two doors write records, `append` and `apply`; both answer
/// only after a durable commit. All calls are synchronous: call them off the event loop.
public final class Store: Sendable {
    let writer: any DatabaseWriter
    private let folder: DataFolder?
    private let currentIdentity: Mutex<Identity>
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

    // MARK: Opening

    /// Creates the store of a new node.
    public static func create(_ identity: Identity, in folder: DataFolder) throws {
        guard !DataFolder.exists(path: folder.path) else {
            throw StoreError.alreadyInitialised(path: folder.path)
        }
        let pool = try folder.openPool()
        try prepare(pool, identity: identity)
        try pool.close()
    }

    public convenience init(
        folder: DataFolder, clock: @escaping @Sendable () -> Int64 = systemClock
    ) throws {
        guard DataFolder.exists(path: folder.path) else {
            throw StoreError.notInitialised(path: folder.path)
        }
        let pool = try folder.openPool()
        try self.init(pool, folder: folder, clock: clock, random: Self.systemRandom)
    }

    /// A store in memory, for simulation: `identity` creates it, nil opens it again as after a
    /// crash of the process.
    public convenience init(
        inMemory queue: InMemoryDatabase, identity: Identity?,
        clock: @escaping @Sendable () -> Int64, random: @escaping @Sendable (Int) -> [UInt8]
    ) throws {
        if let identity { try Self.prepare(queue.queue, identity: identity) }
        try self.init(queue.queue, folder: nil, clock: clock, random: random)
    }

    private static func prepare(_ writer: any DatabaseWriter, identity: Identity) throws {
        try Schema.migrator.migrate(writer)
        try writer.write { db in try IdentityTable.write(identity, db) }
    }

    private init(
        _ writer: any DatabaseWriter, folder: DataFolder?, clock: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) throws {
        self.writer = writer
        self.folder = folder
        self.clock = clock
        self.random = random
        let applicationID = try writer.read { try Int64.fetchOne($0, sql: "PRAGMA application_id") }
        guard applicationID == Schema.applicationID else {
            throw StoreError.foreign("this is not a CreditSync database")
        }
        if try writer.read({ try Schema.migrator.hasBeenSuperseded($0) }) {
            throw StoreError.foreign("a newer version of CreditSync wrote this database")
        }
        try Schema.migrator.migrate(writer)
        // GRDB resets this to NORMAL when it opens a pool, which loses acknowledged commits in a
        // power cut.
        let level = try writer.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            return try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        precondition(level == 2, "commits must be durable before they are acknowledged")
        guard let identity = try writer.read(IdentityTable.read) else {
            throw StoreError.notInitialised(path: folder?.path ?? "memory")
        }
        currentIdentity = Mutex(identity)
    }

    public func close() throws { try writer.close() }

    // MARK: Doors

    public func append(_ edit: Edit) throws -> Appended {
        try write { db in
            // Within the transaction: the one before it may have minted a new incarnation.
            var door = try AppendDoor(db, identity: identity, now: clock(), random: random)
            return try door.append(edit)
        }
    }

    /// Stores what other nodes wrote. `sender`: at the hub, whose message this is.
    public func apply(_ encoded: [[UInt8]], from sender: Member? = nil) throws -> ApplyReport {
        if encoded.isEmpty { return ApplyReport() }
        let decoded = Self.decode(encoded)
        return try write { db in try applyAndMint(decoded, from: sender, db) }
    }

    /// Inflating, decoding and hashing need no database: they happen before the transaction.
    private static func decode(_ encoded: [[UInt8]]) -> [Result<Segment, Refusal>] {
        encoded.map { bytes in
            Result { () throws(Refusal) in try SegmentCodec.decode(bytes) }
        }
    }

    private func applyAndMint(
        _ decoded: [Result<Segment, Refusal>], from sender: Member?, _ db: Database
    ) throws -> ApplyReport {
        let identity = identity
        var door = try ApplyDoor(db, identity: identity, now: clock(), sender: sender)
        var report = try door.apply(decoded)
        let learnedOwn = zip(decoded, report.results).contains { item, entry in
            guard case .success(let segment) = item, case .stored = entry.result else {
                return false
            }
            return segment.log.node == identity.node
                && segment.log.incarnation == identity.incarnation
        }
        if learnedOwn {
            try mint(db)
            report.didMint = true
        }
        return report
    }

    /// Goes on under a new incarnation: the current one was written by somebody else, too.
    private func mint(_ db: Database) throws {
        let before = identity
        try Tail.sealAll(try LogTable(db), identity: before, at: clock(), db)
        try db.execute(sql: "DELETE FROM salt")
        let next = before.with(incarnation: random(8).reduce(0) { $0 << 8 | UInt64($1) })
        try IdentityTable.write(next, db)
        db.afterNextTransaction { [self] _ in currentIdentity.withLock { $0 = next } }
    }

    // MARK: Exchange, county side

    /// What the node knew of the hub when it stopped.
    public func hubViews() throws -> [HubView] {
        try writer.read { db in
            try identity.ownScopes.map { scope in
                let clock = try HubClockTable.read(scope, db)
                return HubView(scope: scope, clock: clock, digest: clock?.digest)
            }
        }
    }

    /// Seals the open tail, then puts the next request together.
    public func prepare(_ plan: ExchangePlan) throws -> ExchangeRequest {
        try sealTail()
        return try writer.read { db in try Exchange(db, identity: identity).request(plan) }
    }

    /// Commits what the hub answered.
    public func absorb(
        _ answer: ExchangeAnswer, sent: ExchangeRequest
    ) throws -> AbsorbedAnswer {
        let identity = identity
        let decoded = Self.decode(answer.segments)
        if answer.segments.isEmpty, answer.receipts.isEmpty, answer.refusals.isEmpty,
            answer.scopes.allSatisfy({ $0.clock == nil })
        {
            // An idle poll writes nothing, unless the hub's clock became equal to ours just now.
            if try hubClocksAreCurrent(answer) {
                return AbsorbedAnswer(
                    reports: try reports(), newChanges: 0, refused: [], received: [])
            }
        }
        return try write { db in
            let report = try applyAndMint(decoded, from: nil, db)
            let logs = try LogTable(db)
            for receipt in answer.receipts {
                guard ReceiptCodec.isSigned(receipt, by: identity.hubKey),
                    let id = logs.ids[receipt.log]
                else { continue }
                try ReceiptTable.insert(receipt, log: id, at: clock(), db)
            }
            for refusal in answer.refusals {
                try RefusalTable.note(refusal, atHub: true, at: clock(), db)
            }
            try noteHubClocks(answer, logs, db)
            if !report.didMint, try showsUnknownOwn(answer, logs, db) { try mint(db) }
            return AbsorbedAnswer(
                reports: identity.ownScopes.map(logs.report), newChanges: report.newChanges,
                refused: report.refusals, received: report.held)
        }
    }

    private func hubClocksAreCurrent(_ answer: ExchangeAnswer) throws -> Bool {
        try writer.read { db in
            try answer.scopes.allSatisfy { report in
                try HubClockTable.read(report.scope, db)?.digest == report.digest
            }
        }
    }

    private func noteHubClocks(_ answer: ExchangeAnswer, _ logs: LogTable, _ db: Database) throws {
        for report in answer.scopes {
            let own = logs.report(of: report.scope)
            if let clock = report.clock ?? (own.digest == report.digest ? own.clock : nil) {
                try HubClockTable.write(clock, of: report.scope, db)
            }
        }
    }

    /// The hub holds a change of the current incarnation that is not stored here.
    private func showsUnknownOwn(
        _ answer: ExchangeAnswer, _ logs: LogTable, _ db: Database
    ) throws -> Bool {
        let exchange = try Exchange(db, identity: identity)
        return try answer.scopes.compactMap(\.clock).flatMap(\.entries).contains { entry in
            try entry.log.node == identity.node && entry.log.incarnation == identity.incarnation
                && entry.tips.contains { tip in
                    try !exchange.isStored(
                        Reference(log: entry.log, sequence: tip.sequence, hash: tip.hash))
                }
        }
    }

    // MARK: Exchange, hub side

    /// Commits the request's segments, then answers.
    public func exchange(
        _ request: ExchangeRequest, from sender: Member
    ) throws -> (answer: ExchangeAnswer, applied: ApplyReport) {
        let applied = try apply(request.segments, from: sender)
        try sealTail()
        let answer = try writer.read { db in
            try Exchange(db, identity: identity).answer(request, to: sender, applied: applied)
        }
        return (answer, applied)
    }

    /// Digests of the scopes, without clocks.
    public func reports(of scopes: [Scope]? = nil) throws -> [ScopeReport] {
        try writer.read { db in
            let logs = try LogTable(db)
            return (scopes ?? identity.ownScopes).map(logs.report)
        }
    }

    /// A change leaves only in a segment whose borders are on disk.
    public func sealTail() throws {
        if try writer.read(Tail.isEmpty) { return }
        let identity = identity
        try write { db in
            try Tail.sealAll(try LogTable(db), identity: identity, at: clock(), db)
        }
    }

    // MARK: Names

    /// Indexes names that came since the last call.
    public func indexNames() throws {
        if try writer.read({ try Int.fetchOne($0, sql: "SELECT 1 FROM name_queue LIMIT 1") }) == nil
        {
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

    /// An I/O error at commit leaves the outcome open: the caller reads again before retrying.
    func write<T>(_ updates: (Database) throws -> T) throws -> T {
        do {
            return try writer.write(updates)
        } catch let error as DatabaseError
            where error.resultCode == .SQLITE_IOERR || error.resultCode == .SQLITE_FULL
        {
            throw StoreError.outcomeUnknown("\(error)")
        }
    }
}

/// A database that lives as long as this object: what is left of a simulated machine after its
/// process crashed.
public final class InMemoryDatabase: Sendable {
    let queue: DatabaseQueue

    public init() throws { queue = try DatabaseQueue() }

    /// A copy of the machine's disk: a raw backup, or a clone.
    public init(copyOf other: InMemoryDatabase) throws {
        queue = try DatabaseQueue()
        try other.queue.backup(to: queue)
    }
}
