import SyncCore
import Synchronization

/// Wakes the long polls that wait at the hub when one of their scopes changes.
final class NewsBoard: Sendable {
    enum Event {
        case news
        /// The same node asks for the same again.
        case replaced
    }

    private struct Poll {
        let node: NodeID
        let scopes: Set<Scope>
        let wake: AsyncStream<Event>.Continuation
    }

    private struct State {
        var waiting: [UInt64: Poll] = [:]
        var next: UInt64 = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// A stream that yields when any of the scopes has news. Begin it before looking at the
    /// digests, so that nothing falls between the look and the wait.
    ///
    /// A node that asks again has lost its line or given up: what it asked before ends, so that
    /// polls that nobody hears keep no places.
    func subscribe(_ scopes: Set<Scope>, for node: NodeID) -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream<Event>.makeStream(
            bufferingPolicy: .bufferingOldest(1))
        let (id, replaced) = state.withLock { state -> (UInt64?, [Poll]) in
            if state.isFinished { return (nil, []) }
            let replaced = state.waiting.values.filter { $0.node == node && $0.scopes == scopes }
            state.next += 1
            state.waiting[state.next] = Poll(node: node, scopes: scopes, wake: continuation)
            return (state.next, replaced)
        }
        for poll in replaced { poll.wake.yield(.replaced) }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.waiting.removeValue(forKey: id) }
        }
        return stream
    }

    func post(_ scopes: Set<Scope>) {
        let woken = state.withLock { state in
            state.waiting.values.filter { !$0.scopes.isDisjoint(with: scopes) }.map(\.wake)
        }
        for wake in woken { wake.yield(.news) }
    }

    /// Answers every poll at once, and those that still come: the process is about to stop.
    func finish() {
        let all = state.withLock { state in
            state.isFinished = true
            return state.waiting.values.map(\.wake)
        }
        for wake in all { wake.finish() }
    }
}
