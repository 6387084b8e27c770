import Synchronization

/// Counts the connections of a listener and the bytes of bodies that it holds, together and for
/// each address.
final class ConnectionRoll: Sendable {
    private struct Share {
        var connections = 0
        var bodyBytes = 0
    }

    private struct State {
        var total = Share()
        var shares: [SourceAddress: Share] = [:]
    }

    private let limits: ListenerLimits
    private let state = Mutex(State())

    init(limits: ListenerLimits) { self.limits = limits }

    /// False if there is no room for another connection of this address.
    func admit(_ address: SourceAddress) -> Bool {
        state.withLock { state in
            guard state.total.connections < limits.connections,
                state.shares[address]?.connections ?? 0 < limits.connectionsPerAddress
            else { return false }
            state.total.connections += 1
            state.shares[address, default: Share()].connections += 1
            return true
        }
    }

    /// `bodyBytes`: what the connection still held.
    func leave(_ address: SourceAddress, bodyBytes: Int) {
        state.withLock { state in
            state.total.connections -= 1
            state.total.bodyBytes -= bodyBytes
            guard var share = state.shares.removeValue(forKey: address) else {
                preconditionFailure("who leaves was admitted")
            }
            share.connections -= 1
            share.bodyBytes -= bodyBytes
            if share.connections > 0 { state.shares[address] = share }
        }
    }

    /// Counts more bytes of a body, unless all that are held would become too many.
    func hold(_ bytes: Int, of address: SourceAddress) -> Bool {
        state.withLock { state in
            let share = state.shares[address]?.bodyBytes ?? 0
            guard state.total.bodyBytes + bytes <= limits.bodiesBytes,
                share + bytes <= limits.bodiesPerAddressBytes
            else { return false }
            state.total.bodyBytes += bytes
            state.shares[address]?.bodyBytes += bytes
            return true
        }
    }

    func release(_ bytes: Int, of address: SourceAddress) {
        state.withLock { state in
            state.total.bodyBytes -= bytes
            state.shares[address]?.bodyBytes -= bytes
        }
    }

    var counts: (connections: Int, bodyBytes: Int) {
        state.withLock { ($0.total.connections, $0.total.bodyBytes) }
    }
}
