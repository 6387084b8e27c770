import Synchronization

/// Counts since the process began, for `/metrics`.
public final class Counters: Sendable {
    private let values = Mutex<[String: Int]>([:])

    public func add(_ name: String, _ amount: Int = 1) {
        values.withLock { $0[name, default: 0] += amount }
    }

    public var all: [(name: String, value: Int)] {
        values.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }
}
