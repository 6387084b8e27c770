import SyncCore
import SyncSession
import Testing

@Suite("A county's session after a failure")
struct RetryTests {
    private func failed(_ failure: ExchangeFailure) -> (CountySession, [CountySession.Effect]) {
        var session = CountySession(views: [HubView(scope: .province)], seed: 1)
        _ = session.handle(.start)
        _ = session.handle(.prepared(ExchangeRequest(scopes: [])))
        let effects = session.handle(.failed(failure))
        return (session, effects)
    }

    @Test("tries again although a long poll ended without news meanwhile")
    func survivesEmptyWake() {
        var (session, effects) = failed(.unreachable("timed out"))
        guard case .wait? = effects.first else {
            Issue.record("no waiting time after a failure: \(effects)")
            return
        }
        #expect(session.handle(.woken([])).isEmpty)
        guard case .prepare? = session.handle(.timer).first else {
            Issue.record("the timer began no exchange")
            return
        }
    }

    @Test("waits as long as the hub asked although a long poll failed meanwhile")
    func respectsRetryAfter() {
        var (session, effects) = failed(.busy(retryAfterSeconds: 600))
        guard case .wait(let milliseconds)? = effects.first else {
            Issue.record("no waiting time after a failure: \(effects)")
            return
        }
        #expect(milliseconds >= 600_000)
        #expect(session.handle(.wakeFailed).isEmpty)
    }

    @Test("begins no exchange by a timer whose cause is gone")
    func ignoresLateTimers() {
        var (session, _) = failed(.unreachable("timed out"))
        _ = session.handle(.start)
        #expect(session.handle(.timer).isEmpty)
    }

    @Test("goes on fetching while the hub has no room, and sends again by the timer")
    func fetchesWithoutSending() {
        var (session, effects) = failed(.noRoom(retryAfterSeconds: 45))
        guard effects.count == 2, case .wait(let milliseconds) = effects[0],
            case .prepare(let plan) = effects[1]
        else {
            Issue.record("a hub without room is not asked for what it has: \(effects)")
            return
        }
        #expect(milliseconds >= 45_000)
        #expect(plan.withholdsSegments)
        fetch(plan, &session)
        #expect(session.isSettled && session.withheldFor != nil)
        // Edits wait for the timer; they must not seal a segment of one each.
        #expect(session.handle(.localChange).isEmpty)
        // News is fetched at once, and does not move the timer.
        let news = [ScopeReport(scope: .province, digest: .sha256([1]))]
        guard case .prepare(let second)? = session.handle(.woken(news)).first else {
            Issue.record("news was not fetched")
            return
        }
        #expect(second.withholdsSegments)
        fetch(second, &session)
        guard case .prepare(let third)? = session.handle(.timer).first else {
            Issue.record("the timer began no exchange")
            return
        }
        #expect(!third.withholdsSegments && session.withheldFor == nil)
    }

    @Test("sends at once when a person asks, although the hub had no room")
    func sendsWhenAsked() {
        var (session, effects) = failed(.noRoom(retryAfterSeconds: 45))
        if case .prepare(let plan)? = effects.last { fetch(plan, &session) }
        guard case .prepare(let plan)? = session.handle(.start).first else {
            Issue.record("nothing began")
            return
        }
        #expect(!plan.withholdsSegments)
    }

    /// Found by damaging one of two logs for ever, after the other had been damaged once.
    @Test("sends the log that was refused last after those that were refused before")
    func takesTurns() throws {
        let node = try #require(NodeID("632521-01"))
        let logs = [1, 2].map {
            LogID(node: node, incarnation: $0, scope: .province, lane: .records)
        }
        let refusals = logs.reversed().map { Refusal(.badSignature, log: $0, firstSequence: 1) }
        var session = CountySession(views: [HubView(scope: .province)], seed: 1)
        _ = session.handle(.start)
        _ = session.handle(.prepared(ExchangeRequest(scopes: [])))
        _ = session.handle(.answered(ExchangeAnswer(scopes: [], refusals: refusals)))
        _ = session.handle(
            .absorbed(AbsorbedAnswer(reports: [], newChanges: 0, refused: [], received: [])))
        guard case .prepare(let plan)? = session.handle(.start).first else {
            Issue.record("nothing began")
            return
        }
        #expect(plan.deferred == logs.reversed())
    }

    @Test("sends less after a request that was too large")
    func sendsLess() {
        var (session, _) = failed(.refused(status: 413, type: "too-large", detail: ""))
        guard case .prepare(let plan)? = session.handle(.timer).first else {
            Issue.record("the timer began no exchange")
            return
        }
        #expect(plan.answerBudgetBytes == Limits.exchangeBudgetBytes / 2)
    }

    @Test("waits when the hub has not even room to answer")
    func waitsWithoutRoomToAnswer() {
        var (session, effects) = failed(.noRoom(retryAfterSeconds: 45))
        if case .prepare? = effects.last {
            _ = session.handle(.prepared(ExchangeRequest(scopes: [])))
        }
        effects = session.handle(.failed(.noRoom(retryAfterSeconds: 45)))
        guard effects.count == 1, case .wait(let milliseconds)? = effects.first else {
            Issue.record("a hot loop: \(effects)")
            return
        }
        #expect(milliseconds >= 45_000)
    }

    /// An exchange in which the hub has something else than this node.
    private func fetch(_ plan: ExchangePlan, _ session: inout CountySession) {
        let hub = ScopeReport(scope: .province, digest: .sha256([2]))
        let own = ScopeReport(scope: .province, digest: .sha256([3]), clock: .empty)
        let request = ExchangeRequest(scopes: [own])
        var effects = session.handle(.prepared(request))
        var rounds = 0
        while let effect = effects.first, rounds < 9 {
            rounds += 1
            switch effect {
            case .prepare(let plan):
                #expect(plan.withholdsSegments)
                effects = session.handle(.prepared(request))
            case .send: effects = session.handle(.answered(ExchangeAnswer(scopes: [hub])))
            case .absorb:
                effects = session.handle(
                    .absorbed(
                        AbsorbedAnswer(reports: [own], newChanges: 0, refused: [], received: [])))
            case .listen, .wait: return
            }
        }
    }
}
