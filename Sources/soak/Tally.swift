import Synchronization

/// How often what happened.
final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func add(_ name: String, _ amount: Int = 1) {
        counts.withLock { $0[name, default: 0] += amount }
    }

    subscript(_ name: String) -> Int { counts.withLock { $0[name] ?? 0 } }

    /// Those whose names begin so, without that.
    func all(_ prefix: String) -> [(name: String, count: Int)] {
        counts.withLock { counts in
            counts.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
                .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
        }
    }
}
