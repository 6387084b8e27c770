import SyncCore

/// A node's side of the exchange as a machine: events in, effects out, no clock and no network.
///
/// One exchange is on its way at a time. The order of effects is the protocol's promise:
/// `prepare` seals and records the borders of what will leave, before `send`; `absorb` commits
/// what came, before the next `prepare` tells the hub about it.
public struct CountySession: Sendable {
    public enum Event: Sendable {
        /// The process is up, or a person asked for a sync.
        case start
        case localChange
        /// The long poll named scopes with news, or ended without any.
        case woken([ScopeReport])
        case wakeFailed
        case timer
        case prepared(ExchangeRequest)
        case answered(ExchangeAnswer)
        case absorbed(AbsorbedAnswer)
        case failed(ExchangeFailure)
    }

    public enum Effect: Sendable {
        case prepare(ExchangePlan)
        case send(ExchangeRequest)
        case absorb(ExchangeAnswer, sent: ExchangeRequest)
        /// Long poll with the hub's digests as known; answered by `woken` or `wakeFailed`.
        case listen(WakeRequest)
        /// Fire `timer` after this long. A later `wait` replaces it; other events do not stop it.
        case wait(milliseconds: Int64)
    }

    /// Polling where no long poll gets through.
    public static let pollMilliseconds: Int64 = 30_000

    private enum Phase {
        case idle
        case preparing
        case sending(ExchangeRequest)
        case absorbing(ExchangeRequest, ExchangeAnswer)
    }

    private var phase = Phase.idle
    public private(set) var views: [HubView]
    private var marks: [LogID: Reference] = [:]
    /// Logs of which a segment was refused: sent last until the process ends, the one that was
    /// refused last at the very end.
    private var deferred: [LogID] = []
    /// Halved when the way gave out during an exchange, doubled when one went through: otherwise a
    /// slow line would begin the same two megabytes for ever.
    private var budgetBytes = Limits.exchangeBudgetBytes
    /// Scopes whose full clock goes into the next request.
    private var clockWanted: Set<Scope> = []
    /// Something happened during an exchange: begin another after it.
    private var isDirty = false
    /// A person asked during an exchange: what comes of that one is not the answer.
    private var isAsked = false
    private var isListening = false
    /// A `timer` is to come; one that comes after another exchange has begun is late and ignored.
    private var isWaiting = false
    /// Why what is new here stays here for now: the hub has no room for it. It is fetched from
    /// meanwhile, and sent to again when the timer says or a person asks.
    public private(set) var withheldFor: ExchangeFailure?
    private var backoff: Backoff
    /// Of its own, so that a way that lets exchanges through but no long polls ends in polling.
    private var listenBackoff: Backoff
    public private(set) var lastFailure: ExchangeFailure?

    public init(views: [HubView], seed: UInt64) {
        self.views = views.sorted { $0.scope < $1.scope }
        backoff = Backoff(seed: seed)
        listenBackoff = Backoff(seed: ~seed, limitMilliseconds: Self.pollMilliseconds)
    }

    /// An exchange is on its way.
    public var isBusy: Bool { if case .idle = phase { false } else { true } }

    /// Nothing is on its way and nothing is waiting to be.
    public var isQuiet: Bool { !isBusy && !isDirty && lastFailure == nil }

    /// The last exchange left nothing to do at once, even if something was refused.
    public var isSettled: Bool { isQuiet && views.allSatisfy { $0.digest != nil } }

    public mutating func handle(_ event: Event) -> [Effect] {
        switch (event, phase) {
        case (.woken(let reports), _):
            isListening = false
            listenBackoff.succeeded()
            // What this node uploaded meanwhile is no news.
            let news = reports.filter { report in
                views.contains { $0.scope == report.scope && $0.digest != report.digest }
            }
            clockWanted.formUnion(news.map(\.scope))
            return news.isEmpty ? listenIfQuiet() : begin()
        case (.wakeFailed, .idle):
            isListening = false
            // A failed exchange waits already, perhaps for as long as the hub asked. Else the hub may
            // only have been restarted: look soon, and then less often.
            return isWaiting ? [] : [wait(listenBackoff.failed())]
        case (.wakeFailed, _):
            isListening = false
            return []
        case (.timer, _):
            guard isWaiting else { return [] }
            withheldFor = nil
            return begin()
        case (.localChange, .idle) where lastFailure != nil && isWaiting:
            // Without a network each edit would seal a segment of one; the timer takes them all.
            return []
        case (.localChange, _) where withheldFor != nil:
            return []
        case (.start, .idle):
            withheldFor = nil
            return begin()
        case (.start, _):
            withheldFor = nil
            isAsked = true
            return begin()
        case (.localChange, _):
            return begin()
        case (.prepared(let request), .preparing):
            phase = .sending(request)
            return [.send(request)]
        case (.answered(let answer), .sending(let request)):
            phase = .absorbing(request, answer)
            return [.absorb(answer, sent: request)]
        case (.absorbed(let result), .absorbing(let request, let answer)):
            phase = .idle
            return finish(request, answer, result)
        case (.failed(let failure), _):
            if case .sending = phase, failure.isAboutSize {
                budgetBytes = max(budgetBytes / 2, Limits.firstContactBytes)
            }
            phase = .idle
            if isAsked { return begin() }
            if case .noRoom(let seconds) = failure, withheldFor == nil {
                return withhold(for: failure, retryAfterSeconds: seconds)
            }
            return retry(after: failure)
        default:
            preconditionFailure("\(event) does not answer an effect of this session")
        }
    }

    private mutating func begin() -> [Effect] {
        if isBusy {
            isDirty = true
            return []
        }
        isDirty = false
        isAsked = false
        // What is withheld waits for the timer, whatever is fetched until then.
        if withheldFor == nil { isWaiting = false }
        phase = .preparing
        let isFirstContact = views.contains { $0.digest == nil }
        let plan = ExchangePlan(
            scopes: views.map { view in
                ExchangePlan.ScopePlan(
                    view: view,
                    sendsClock: view.digest == nil || clockWanted.contains(view.scope))
            },
            marks: marks.values.sorted(),
            budgetBytes: isFirstContact ? Limits.firstContactBytes : budgetBytes,
            answerBudgetBytes: budgetBytes, deferred: deferred,
            withholdsSegments: withheldFor != nil)
        return [.prepare(plan)]
    }

    private mutating func finish(
        _ request: ExchangeRequest, _ answer: ExchangeAnswer, _ result: AbsorbedAnswer
    ) -> [Effect] {
        backoff.succeeded()
        lastFailure = nil
        budgetBytes = min(budgetBytes * 2, Limits.exchangeBudgetBytes)
        let refusals = answer.refusals + result.refused
        for log in refusals.lazy.filter({ $0.rule != .gap }).compactMap(\.log) {
            deferred.removeAll { $0 == log }
            deferred.append(log)
        }
        let marksBefore = marks
        updateMarks(sent: request.marks, answer, result)
        let asked = Set(request.scopes.lazy.filter { $0.clock != nil }.map(\.scope))
        var isEven = true
        var learned = false
        for (index, view) in views.enumerated() {
            guard let hub = answer.scopes.first(where: { $0.scope == view.scope }) else { continue }
            let own = result.reports.first { $0.scope == view.scope }
            // On equal digests the node's own clock is the hub's.
            let clock = hub.clock ?? (own?.digest == hub.digest ? own?.clock : nil) ?? view.clock
            views[index] = HubView(scope: view.scope, clock: clock, digest: hub.digest)
            if own?.digest == hub.digest {
                clockWanted.remove(view.scope)
            } else {
                isEven = false
                learned = learned || !asked.contains(view.scope) || view.digest != hub.digest
                clockWanted.insert(view.scope)
            }
        }
        // Only what changed something justifies another round at once; what is refused each time
        // must not become a hot loop.
        let moved = result.newChanges > 0 || learned || marks != marksBefore
        if isDirty || moved && (answer.hasMore || !isEven) { return begin() }
        // Uneven and nothing moves: something was refused, and the reason is on record.
        // What is withheld has its timer already.
        return isEven || withheldFor != nil ? listenIfQuiet() : listenIfQuiet() + [poll()]
    }

    /// Fetches at once, and sends again when the hub may have room.
    private mutating func withhold(
        for failure: ExchangeFailure, retryAfterSeconds: Int64
    ) -> [Effect] {
        withheldFor = failure
        lastFailure = nil
        let milliseconds = max(retryAfterSeconds * 1000, Self.pollMilliseconds)
        return [wait(milliseconds + backoff.jittered(Self.pollMilliseconds))] + begin()
    }

    /// Marks that the hub was asked about and did not confirm are dropped; what was received or
    /// receipted since is held by both.
    private mutating func updateMarks(
        sent: [Reference], _ answer: ExchangeAnswer, _ result: AbsorbedAnswer
    ) {
        for mark in sent where !answer.confirmedMarks.contains(mark) { marks[mark.log] = nil }
        for reference in result.received { marks[reference.log] = reference }
        for receipt in answer.receipts.sorted(by: { $0.sequence < $1.sequence }) {
            if receipt.sequence >= marks[receipt.log]?.sequence ?? 0 {
                marks[receipt.log] = Reference(
                    log: receipt.log, sequence: receipt.sequence, hash: receipt.hash)
            }
        }
        for refusal in answer.refusals + result.refused where refusal.rule == .gap {
            if let log = refusal.log { marks[log] = nil }
        }
    }

    private mutating func retry(after failure: ExchangeFailure) -> [Effect] {
        lastFailure = failure
        isDirty = false
        let atLeast: Int64 =
            switch failure {
            case .busy(let seconds), .noRoom(let seconds): seconds * 1000
            case .unreachable, .here, .damagedHere, .refused, .untrusted: 0
            }
        return [wait(backoff.failed(atLeastMilliseconds: atLeast))]
    }

    private mutating func poll() -> Effect { wait(backoff.jittered(Self.pollMilliseconds)) }

    private mutating func wait(_ milliseconds: Int64) -> Effect {
        isWaiting = true
        return .wait(milliseconds: milliseconds)
    }

    private mutating func listenIfQuiet() -> [Effect] {
        guard isQuiet, !isListening else { return [] }
        isListening = true
        return [
            .listen(
                WakeRequest(
                    scopes: views.compactMap { view in
                        view.digest.map { ScopeReport(scope: view.scope, digest: $0) }
                    }))
        ]
    }
}
