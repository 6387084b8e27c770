import Logging
import ServiceLifecycle
import Store
import SyncCore
import SyncHTTP
import SyncSession
import Synchronization

/// Drives a county's ``CountySession``: performs its effects, feeds it events, one at a time.
public final class SyncLoop: ServiceLifecycle.Service {
    /// Exchanges follow each other, at a hub those of many counties: the next ones come first.
    static let restBeforePoll = Duration.milliseconds(250)

    private let node: Node
    private let client: HubClient
    /// Whether the log says that the hub takes nothing in.
    private let saysWithheld = Mutex(false)

    public init?(_ node: Node) {
        guard let client = HubClient(node) else { return nil }
        self.node = node
        self.client = client
    }

    public func run() async throws {
        let (events, inbox) = AsyncStream<CountySession.Event>.makeStream()
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { [self] in
                for await event in node.syncEvents.cancelOnGracefulShutdown() { inbox.yield(event) }
                inbox.finish()
            }
            let seed = node.store.random(8).reduce(0) { $0 << 8 | UInt64($1) }
            var session = CountySession(
                views: try await offload { [store = node.store] in try store.hubViews() },
                seed: seed)
            let timer = Timer(inbox: inbox)
            inbox.yield(.start)
            for await event in events {
                if case .start = event { node.monitor.noteBegun() }
                for effect in session.handle(event) {
                    try await perform(effect, inbox, timer, &group)
                }
                report(session, after: event)
            }
            timer.cancel()
            group.cancelAll()
        }
        try? await client.shutdown()
    }

    private func perform(
        _ effect: CountySession.Effect, _ inbox: AsyncStream<CountySession.Event>.Continuation,
        _ timer: Timer, _ group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        let store = node.store
        switch effect {
        case .prepare(let plan):
            await attempt(inbox) {
                .prepared(try await offload { try store.prepare(plan) })
            }
        case .send(let request):
            node.monitor.noteRequest()
            // A stop does not wait for a hub that is silent: what was sent is sent again.
            await attempt(inbox) {
                .answered(
                    try await cancelWhenGracefulShutdown { [self] in
                        try await client.exchange(request)
                    })
            }
        case .absorb(let answer, let sent):
            await attempt(inbox) {
                let absorbed = try await offload { try store.absorb(answer, sent: sent) }
                node.monitor.note(received: absorbed.newChanges)
                node.warn(ofForks: absorbed.forked)
                node.warnOfDamage()
                return .absorbed(absorbed)
            }
            node.indexNamesLater()
        case .listen(let request):
            group.addTask { [self] in
                do {
                    try await Task.sleep(for: Self.restBeforePoll)
                    inbox.yield(.woken(try await client.wake(request)))
                } catch { inbox.yield(.wakeFailed) }
            }
        case .wait(let milliseconds):
            timer.fire(afterMilliseconds: milliseconds)
        }
    }

    /// A failure of the disk here is retried like one of the network: nothing was lost.
    private func attempt(
        _ inbox: AsyncStream<CountySession.Event>.Continuation,
        _ work: () async throws -> CountySession.Event
    ) async {
        do {
            inbox.yield(try await work())
        } catch let failure as ExchangeFailure {
            inbox.yield(.failed(failure))
        } catch {
            node.logger.error("sync failed here", metadata: ["error": "\(error)"])
            if case StoreError.damaged(let what) = error {
                inbox.yield(.failed(.damagedHere(what)))
            } else {
                inbox.yield(.failed(.here("\(error)")))
            }
        }
    }

    /// A failure is told once, when it happens: until the next exchange has ended, it says nothing
    /// about that one.
    private func report(_ session: CountySession, after event: CountySession.Event) {
        let skew = client.measuredSkewMilliseconds
        switch event {
        // Another has begun already; how that ends is told then.
        case .failed where session.isBusy: break
        case .failed(let failure):
            node.monitor.note(failure, now: node.store.now, skewMilliseconds: skew)
            node.logger.info("not synced", metadata: ["reason": "\(failure)"])
        case .absorbed, .woken:
            if session.isSettled {
                say(isWithheld: session.withheldFor != nil)
                node.monitor.note(session.withheldFor, now: node.store.now, skewMilliseconds: skew)
            }
        default: break
        }
    }
}

extension SyncLoop {
    /// Once when it begins and once when it is over: the hub may be full for days.
    private func say(isWithheld: Bool) {
        let isNews = saysWithheld.withLock { says in
            defer { says = isWithheld }
            return says != isWithheld
        }
        guard isNews else { return }
        node.logger.notice(isWithheld ? "upload withheld: the hub has no room" : "upload goes on")
    }
}

/// One pending timer: a new one replaces the one before.
private final class Timer: @unchecked Sendable {
    // Only the loop's task calls `fire` and `cancel`; the task inside only yields.
    private let inbox: AsyncStream<CountySession.Event>.Continuation
    private var task: Task<Void, Never>?

    init(inbox: AsyncStream<CountySession.Event>.Continuation) { self.inbox = inbox }

    func fire(afterMilliseconds milliseconds: Int64) {
        task?.cancel()
        task = Task { [inbox] in
            guard (try? await Task.sleep(for: .milliseconds(milliseconds))) != nil else { return }
            inbox.yield(.timer)
        }
    }

    func cancel() { task?.cancel() }
}
