import SyncCore
import SyncSession
import Testing

@Suite("A county's session after a failure")
struct RetryTests {
    private func failed(_ failure: ExchangeFailure) -> (CountySession, [CountySession.Effect]) {
        var session = CountySession(views: [HubView(scope: .province)], seed: 1)
        _ = session.handle(.start)
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
}
