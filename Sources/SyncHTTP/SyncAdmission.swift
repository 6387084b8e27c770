import Access
import BoundedHTTP
import SyncCore
import Synchronization

/// How much of the hub one node may have at a time.
final class SyncAdmission: Sendable {
    private struct State {
        var exchanges: Places<NodeID>
        var polls: Places<NodeID>
        var largeBodies: Places<NodeID>
    }

    private let state: Mutex<State>
    private let limits: ListenerLimits

    init(limits: ListenerLimits) {
        self.limits = limits
        state = Mutex(
            State(
                exchanges: Places(perKey: limits.exchangesPerNode),
                polls: Places(perKey: limits.pollsPerNode),
                largeBodies: Places(limit: limits.largeBodies)))
    }

    /// Does the work if there is a place for it, for a large body also among those. `byteCount`:
    /// what came, or what it says that it is when inflated.
    func exchange<Result>(
        of node: NodeID, byteCount: Int, _ work: () async throws -> Result
    ) async throws -> Result {
        let isLarge = byteCount > limits.largeBodyBytes
        let hasPlace = state.withLock { state in
            guard state.exchanges.take(node) else { return false }
            guard isLarge, !state.largeBodies.take(node) else { return true }
            state.exchanges.leave(node)
            return false
        }
        guard hasPlace else { throw busy }
        defer {
            state.withLock { state in
                state.exchanges.leave(node)
                if isLarge { state.largeBodies.leave(node) }
            }
        }
        return try await work()
    }

    func poll<Result>(
        of node: NodeID, _ work: () async throws -> Result
    ) async throws -> Result {
        guard state.withLock({ $0.polls.take(node) }) else { throw busy }
        defer { state.withLock { $0.polls.leave(node) } }
        return try await work()
    }

    private var busy: SyncProblem { .busy(retryAfterSeconds: limits.retryAfterSeconds) }
}
