import SyncSession
import Synchronization

/// Tells how the sync loop stands, and lets callers wait for what comes of their wish to sync.
public final class SyncMonitor: Sendable {
    public struct Status: Sendable {
        /// Milliseconds UTC of the last exchange that ended even with the hub.
        public var lastSuccess: Int64?
        public var lastFailure: ExchangeFailure?
        /// The hub has no room: nothing is sent for now, fetching goes on.
        public var isUploadWithheld: Bool {
            if case .noRoom? = lastFailure { true } else { false }
        }
        public var requests = 0
        /// Changes that were new here, since the process began.
        public var received = 0
        public var skewMilliseconds: Int64 = 0
    }

    struct Outcome: Sendable {
        fileprivate let stream: AsyncStream<ExchangeFailure?>

        /// Nil when everything was exchanged.
        var value: ExchangeFailure? {
            get async {
                for await failure in stream { return failure }
                return .unreachable("the node is stopping")
            }
        }
    }

    private struct State {
        var status = Status()
        var waiting: [AsyncStream<ExchangeFailure?>.Continuation] = []
        /// Those whose wish the loop has taken up: what ends from now on is about them.
        var begun: [AsyncStream<ExchangeFailure?>.Continuation] = []
        var isStopping = false
    }

    private let state = Mutex(State())

    public var status: Status { state.withLock { $0.status } }

    /// Registers before `begin` is called, so that the outcome cannot be missed.
    func nextOutcome(_ begin: () -> Void) -> Outcome {
        let (stream, continuation) = AsyncStream<ExchangeFailure?>.makeStream()
        let isStopping = state.withLock { state in
            if !state.isStopping { state.waiting.append(continuation) }
            return state.isStopping
        }
        if isStopping { continuation.finish() } else { begin() }
        return Outcome(stream: stream)
    }

    /// Answers everyone who waits: the process is about to stop.
    func finish() {
        let waiting = state.withLock { state in
            state.isStopping = true
            defer {
                state.waiting = []
                state.begun = []
            }
            return state.waiting + state.begun
        }
        for continuation in waiting { continuation.finish() }
    }

    /// The loop begins what was asked for so far.
    func noteBegun() {
        state.withLock { state in
            state.begun += state.waiting
            state.waiting = []
        }
    }

    func noteRequest() { state.withLock { $0.status.requests += 1 } }

    func note(received: Int) { state.withLock { $0.status.received += received } }

    func note(_ failure: ExchangeFailure?, now: Int64, skewMilliseconds: Int64) {
        let waiting = state.withLock { state in
            state.status.lastFailure = failure
            state.status.skewMilliseconds = skewMilliseconds
            if failure == nil { state.status.lastSuccess = now }
            defer { state.begun = [] }
            return state.begun
        }
        for continuation in waiting {
            continuation.yield(failure)
            continuation.finish()
        }
    }
}
