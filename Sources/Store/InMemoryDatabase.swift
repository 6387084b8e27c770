import GRDB

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
