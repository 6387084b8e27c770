import Access
import Logging
import NIOCore
import Synchronization

/// The connections of one listener and the bytes of bodies that they hold. Guards and routes share
/// it: what a route learns of a connection counts at once for what its guard takes on.
///
/// A connection is **proven** once a request on it was authenticated. A body is held before its
/// signature can be checked, and who has a key is known only afterwards; so unproven connections
/// share a pool of their own, and nobody without a key takes room from those who have one.
public final class ConnectionRoll: Sendable {
    struct Connection {
        let visitor: Visitor
        var isProven = false
        var wasExcused = false
        var bodyBytes = 0
        var holdsAsProven = false
        /// The later, the higher; nil before the first request and while one is going on.
        var restedAt: UInt64?
    }

    struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var places: Places<SourceAddress>
        var provenBodies: Places<SourceAddress>
        var unprovenBodies: Places<SourceAddress>
        var failures: TokenBuckets<SourceAddress>
        var rests: UInt64 = 0
    }

    private static let addressLimit = 16_384

    public let refusals: RefusalLog
    let limits: ListenerLimits
    let clock: @Sendable () -> Int64
    let state: Mutex<State>

    /// `clock`: milliseconds.
    public init(
        limits: ListenerLimits, logger: Logger, clock: @escaping @Sendable () -> Int64
    ) {
        self.limits = limits
        self.clock = clock
        refusals = RefusalLog(limits: limits, logger: logger, clock: clock)
        state = Mutex(
            State(
                places: Places(limit: limits.connections, perKey: limits.connectionsPerAddress),
                provenBodies: Places(
                    limit: limits.bodiesBytes, perKey: limits.bodiesPerAddressBytes),
                unprovenBodies: Places(
                    limit: limits.unprovenBodiesBytes,
                    perKey: limits.unprovenBodiesPerAddressBytes),
                failures: TokenBuckets(
                    rate: TokenBucket.Rate(
                        perMinute: limits.failuresPerAddressPerMinute,
                        burst: limits.failuresPerAddressBurst), limit: Self.addressLimit)))
    }

    // MARK: Connections

    /// False if there is no room for another connection of this address. Who proved nothing and
    /// asks nothing at present gives way, the longest at rest first.
    func admit(_ visitor: Visitor) -> Bool {
        let (isAdmitted, closed) = state.withLock { state -> (Bool, Visitor?) in
            var closed: Visitor?
            if !state.places.take(visitor.address) {
                closed = longestAtRest(inFavourOf: visitor.address, state)
                guard let closed else { return (false, nil) }
                remove(closed, &state)
                guard state.places.take(visitor.address) else {
                    preconditionFailure("the place that was left is free")
                }
            }
            state.connections[visitor.id] = Connection(visitor: visitor)
            return (true, closed)
        }
        closed?.channel.close(promise: nil)
        return isAdmitted
    }

    private func longestAtRest(
        inFavourOf address: SourceAddress, _ state: borrowing State
    ) -> Visitor? {
        let needsOwn = state.places.isFull(address)
        return state.connections.values
            .filter { !$0.isProven && $0.restedAt != nil }
            .filter { !needsOwn || $0.visitor.address == address }
            .min { $0.restedAt ?? 0 < $1.restedAt ?? 0 }?.visitor
    }

    /// A request is over, and none is going on.
    func rested(_ visitor: Visitor) {
        state.withLock { state in
            state.rests += 1
            state.connections[visitor.id]?.restedAt = state.rests
        }
    }

    /// False if its place was given to another meanwhile.
    func began(_ visitor: Visitor) -> Bool {
        state.withLock { state in
            state.connections[visitor.id]?.restedAt = nil
            return state.connections[visitor.id] != nil
        }
    }

    func leave(_ visitor: Visitor) { state.withLock { remove(visitor, &$0) } }

    private func remove(_ visitor: Visitor, _ state: inout State) {
        release(visitor, &state)
        guard state.connections.removeValue(forKey: visitor.id) != nil else { return }
        state.places.leave(visitor.address)
    }

    // MARK: Bodies

    /// Counts more bytes of a body, unless all that are held would become too many. The first of
    /// each body count nothing: they are bounded by the number of connections, and whoever has
    /// little to say is heard.
    func hold(_ bytes: Int, of visitor: Visitor) -> Bool {
        state.withLock { state in
            guard var connection = state.connections[visitor.id] else { return false }
            if connection.bodyBytes == 0 { connection.holdsAsProven = connection.isProven }
            let before = pooled(connection.bodyBytes)
            connection.bodyBytes += bytes
            let more = pooled(connection.bodyBytes) - before
            let hasRoom =
                connection.holdsAsProven
                ? state.provenBodies.take(visitor.address, more)
                : state.unprovenBodies.take(visitor.address, more)
            if hasRoom { state.connections[visitor.id] = connection }
            return hasRoom
        }
    }

    func release(_ visitor: Visitor) { state.withLock { release(visitor, &$0) } }

    private func release(_ visitor: Visitor, _ state: inout State) {
        guard let connection = state.connections[visitor.id] else { return }
        let bytes = pooled(connection.bodyBytes)
        if connection.holdsAsProven {
            state.provenBodies.leave(visitor.address, bytes)
        } else {
            state.unprovenBodies.leave(visitor.address, bytes)
        }
        state.connections[visitor.id]?.bodyBytes = 0
    }

    /// What of a body's bytes is counted in a pool.
    private func pooled(_ bodyBytes: Int) -> Int { max(0, bodyBytes - limits.freeBodyBytes) }

    var atRest: Int { state.withLock { $0.connections.values.count { $0.restedAt != nil } } }

    var counts: (connections: Int, bodyBytes: Int) {
        state.withLock { state in
            (state.places.count, state.connections.values.reduce(0) { $0 + $1.bodyBytes })
        }
    }
}

/// Who has proved what, and how often an address failed.
///
/// **Behind a NAT** all nodes share their address's tokens for failed requests. Requests that are
/// authenticated take none, but need one to be there: while somebody behind the same NAT keeps
/// failing more than twice a second, most requests from there are refused with 429. Two things
/// keep honest nodes in: a proven connection needs no token, and a polling node keeps its
/// connection; and a token comes back each half second, so a new connection gets through in time,
/// and at once when the failures end.
extension ConnectionRoll {
    /// A request on this connection was authenticated.
    public func proved(_ visitor: Visitor) {
        state.withLock { state in
            guard var connection = state.connections[visitor.id], !connection.isProven else {
                return
            }
            connection.isProven = true
            // Its own body makes room for others who are unproven, while it is applied.
            let bytes = pooled(connection.bodyBytes)
            if !connection.holdsAsProven, state.provenBodies.take(visitor.address, bytes) {
                state.unprovenBodies.leave(visitor.address, bytes)
                connection.holdsAsProven = true
            }
            state.connections[visitor.id] = connection
        }
    }

    /// Milliseconds until this visitor is heard again; nil if it is. A proven one always is.
    public func wait(_ visitor: Visitor) -> Int64? {
        state.withLock { state in
            state.connections[visitor.id]?.isProven == true
                ? nil : state.failures.wait(visitor.address, now: clock())
        }
    }

    /// A request failed: its connection is not proven any more, and its address has one token
    /// less.
    public func failed(_ visitor: Visitor) {
        state.withLock { state in
            state.connections[visitor.id]?.isProven = false
            _ = state.failures.take(visitor.address, now: clock())
        }
    }

    /// True once for each connection: what an honest node does at first, but not again and again.
    public func excuse(_ visitor: Visitor) -> Bool {
        state.withLock { state in
            guard state.connections[visitor.id]?.wasExcused == false else { return false }
            state.connections[visitor.id]?.wasExcused = true
            return true
        }
    }

    /// The guard refused a request of this connection. A node that is known may have a bad line.
    func refused(_ visitor: Visitor) {
        state.withLock { state in
            guard state.connections[visitor.id]?.isProven == false else { return }
            _ = state.failures.take(visitor.address, now: clock())
        }
    }
}
