import SyncCore
import Synchronization

/// Wakes the long polls that wait at the hub when one of their scopes changes.
final class NewsBoard: Sendable {
    private struct State {
        var waiting: [UInt64: (scopes: Set<Scope>, wake: AsyncStream<Void>.Continuation)] = [:]
        var next: UInt64 = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// A stream that yields when any of the scopes has news. Begin it before looking at the
    /// digests, so that nothing falls between the look and the wait.
    func subscribe(_ scopes: Set<Scope>) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        let id: UInt64? = state.withLock { state in
            if state.isFinished { return nil }
            state.next += 1
            state.waiting[state.next] = (scopes, continuation)
            return state.next
        }
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
        for wake in woken { wake.yield() }
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
