import Store
import SyncCore

/// What a machine's database lies on. It outlives the machine's processes.
protocol Disk: AnyObject {
    typealias Time = @Sendable () -> Int64
    typealias Salts = @Sendable (Int) -> [UInt8]

    func create(_ identity: Identity, clock: @escaping Time, random: @escaping Salts) throws
    func open(clock: @escaping Time, random: @escaping Salts) throws -> Store
    /// As it lies at this moment: a raw backup, or a clone.
    func copy() throws -> any Disk
    /// A new one of this kind, empty.
    func fresh() throws -> any Disk
    /// The processes that had it open are gone, and closed nothing.
    func abandon()
}

/// In memory, without files: all that was committed stays.
final class MemoryDisk: Disk {
    private let database: InMemoryDatabase

    init(_ database: InMemoryDatabase? = nil) throws {
        self.database = try database ?? InMemoryDatabase()
    }

    func create(_ identity: Identity, clock: @escaping Time, random: @escaping Salts) throws {
        _ = try Store(inMemory: database, identity: identity, clock: clock, random: random)
    }

    func open(clock: @escaping Time, random: @escaping Salts) throws -> Store {
        try Store(inMemory: database, identity: nil, clock: clock, random: random)
    }

    func copy() throws -> any Disk { try MemoryDisk(InMemoryDatabase(copyOf: database)) }

    func fresh() throws -> any Disk { try MemoryDisk() }

    func abandon() {}
}
