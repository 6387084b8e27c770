import Access
import BoundedHTTP
import SyncCore
import Synchronization

/// How much of the hub one node may have at a time.
final class SyncAdmission: Sendable {
    private struct State {
        var inProgress: Places<NodeID>
        var largeBodies: Places<NodeID>
    }

    private let state: Mutex<State>
    private let limits: ListenerLimits

    init(limits: ListenerLimits) {
        self.limits = limits
        state = Mutex(
            State(
                inProgress: Places(perKey: limits.requestsPerNode),
                largeBodies: Places(limit: limits.largeBodies)))
    }

    /// Does the work if there is a place for it, for a large body also among those.
    func perform<Result>(
        of node: NodeID, bodyBytes: Int, _ work: () async throws -> Result
    ) async throws -> Result {
        let isLarge = bodyBytes > limits.largeBodyBytes
        let hasPlace = state.withLock { state in
            guard state.inProgress.take(node) else { return false }
            guard isLarge, !state.largeBodies.take(node) else { return true }
            state.inProgress.leave(node)
            return false
        }
        guard hasPlace else {
            throw SyncProblem.busy(retryAfterSeconds: limits.retryAfterSeconds)
        }
        defer {
            state.withLock { state in
                state.inProgress.leave(node)
                if isLarge { state.largeBodies.leave(node) }
            }
        }
        return try await work()
    }
}
