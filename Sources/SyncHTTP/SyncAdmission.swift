import Access
import BoundedHTTP
import NIOCore
import SyncCore
import Synchronization

/// How much of the hub one address or one node may have at a time.
///
/// **Behind a NAT** all nodes share their address's tokens for failed requests. Requests that are
/// authenticated take none, but need one to be there: while somebody behind the same NAT keeps
/// failing more than twice a second, most requests from there are refused with 429. Two things
/// keep honest nodes in: a connection on which a request was authenticated needs no token, and a
/// polling node keeps its connection; and a token comes back each half second, so a new connection
/// gets through in time, and at once when the failures end.
final class SyncAdmission: Sendable {
    private struct State {
        var failures: TokenBuckets<SourceAddress>
        var inProgress: Places<NodeID>
        var largeBodies: Places<NodeID>
        /// Connections on which a request was authenticated, and none failed since.
        var proven: Set<ObjectIdentifier> = []
    }

    private static let addressLimit = 16_384

    private let state: Mutex<State>
    private let limits: ListenerLimits
    private let clock: @Sendable () -> Int64

    init(limits: ListenerLimits, clock: @escaping @Sendable () -> Int64) {
        self.limits = limits
        self.clock = clock
        let rate = TokenBucket.Rate(
            perMinute: limits.failuresPerAddressPerMinute, burst: limits.failuresPerAddressBurst)
        state = Mutex(
            State(
                failures: TokenBuckets(rate: rate, limit: Self.addressLimit),
                inProgress: Places(perKey: limits.requestsPerNode),
                largeBodies: Places(limit: limits.largeBodies)))
    }

    // MARK: Addresses

    /// Milliseconds until this address is heard again; nil if it is.
    func wait(_ channel: any Channel) -> Int64? {
        let address = SourceAddress(channel.remoteAddress)
        return state.withLock { state in
            state.proven.contains(ObjectIdentifier(channel))
                ? nil : state.failures.wait(address, now: clock())
        }
    }

    func failed(_ channel: any Channel) {
        let address = SourceAddress(channel.remoteAddress)
        state.withLock { state in
            state.proven.remove(ObjectIdentifier(channel))
            _ = state.failures.take(address, now: clock())
        }
    }

    func authenticated(_ channel: any Channel) {
        let connection = ObjectIdentifier(channel)
        let isNew = state.withLock { $0.proven.insert(connection).inserted }
        guard isNew else { return }
        channel.closeFuture.whenComplete { [self] _ in
            _ = state.withLock { $0.proven.remove(connection) }
        }
    }

    // MARK: Work

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
