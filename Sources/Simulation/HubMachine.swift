import Access
import Store
import SyncCore
import WireFormat

/// The hub: commits, then answers; long polls are answered when something changed.
final class HubMachine: Machine {
    /// Faults that no hub may have, to see that the checks find them.
    enum Flaw {
        case none
        /// Answers as if the request had been committed.
        case forgets
        /// Answers every digest with the county's own.
        case agreesWithAll
        /// Sends nobody what its own name wrote elsewhere.
        case hidesForks
    }

    var flaw = Flaw.none
    /// Requests are admitted once. Off where something on the way repeats them: that must be
    /// harmless, too.
    var isGuarded = true
    private var boot: UInt64 = 0
    private var gates = RequestGates(boot: 0, rate: HubMachine.rate)
    private static let rate = TokenBucket.Rate(perMinute: 240, burst: 60)

    private struct Poll {
        let request: WakeRequest
        let reply: (WakeAnswer) throws -> Void
        let number: Int
    }
    private var polls: [Poll] = []
    private var pollCount = 0

    override var crashRate: Int { world.network.faults.hubCrash }

    override func started() throws {
        boot = dice.next()
        gates = RequestGates(boot: boot, rate: Self.rate)
        try world.receipts.checkAll()
    }

    override func stopped() { hangUp() }

    /// Nobody hears of what comes next.
    func hangUp() { polls = [] }

    override func wrote() throws { wake() }

    // MARK: Requests

    typealias Answering = (Reply) throws -> Void

    func receive(
        _ envelope: Envelope, from county: CountyMachine, _ isAwaited: @escaping () -> Bool,
        _ answer: @escaping Answering
    ) throws {
        guard store != nil else { return }
        if isAwaited() { county.enter(.committing) }
        step(of: county) { [self] store in
            let proof = try MessageProof(encoded: envelope.proof)
            func reply(
                _ status: Int, _ name: String = "", after seconds: Int64 = 0, _ body: [UInt8] = []
            ) throws {
                if isAwaited() { county.enter(.answering) }
                step(of: county) { [self] _ in
                    try answer(
                        Reply(
                            status: status, name: name, retryAfterSeconds: seconds,
                            envelope: .answer(
                                status, body, path: envelope.path, from: self.name,
                                to: proof.sender, time: clock.now, nonce: proof.nonce, boot: boot,
                                key: identity.key)))
                }
            }
            guard let member = try store.member(proof.sender) else {
                let isFormer = try !store.formerMember(proof.sender).isEmpty
                return try isFormer ? reply(403, "revoked") : reply(401, "not-authenticated")
            }
            let refusal = admit(proof, envelope, member, county)
            if let refusal { return try reply(refusal.0, refusal.1, after: refusal.2) }
            if envelope.path == Envelope.wake {
                return try listen(envelope.body, store) { answer in
                    try reply(200, "", after: 0, MessageCodec.encode(answer))
                }
            }
            let request = try world.read { try MessageCodec.decodeRequest(envelope.body) }
            guard request.scopes.allSatisfy({ member.scopes.contains($0.scope) }) else {
                return try reply(403, "scope-not-granted")
            }
            if !request.segments.isEmpty, world.network.hasNoRoom(county) {
                return try reply(507, "disk-floor", after: Int64(dice.roll(1...40)))
            }
            let before = store.identity.incarnation
            let isShownMore = try isShownMore(request.scopes, than: store)
            switch try call(store, of: county, { try exchange(request, from: member, $0) }) {
            case .crashed: break
            case .failed: try reply(503, "outcome-unknown", after: 5)
            case .done(var answer):
                if isShownMore, flaw == .none, store.identity.incarnation == before {
                    throw world.violation(
                        "the hub was shown a change of its own that it lacks, and keeps its name",
                        promise: "incarnation")
                }
                try world.checkScopes(of: answer.segments, member.scopes, from: self)
                world.trace("\(name) answers \(county.name): \(answer.segments.count) segments")
                answer.segments = world.network.damaged(answer.segments, of: county)
                try reply(200, "", after: 0, MessageCodec.encode(answer))
            }
        }
    }

    /// Nil: let in. Else status, name and seconds to wait.
    private func admit(
        _ proof: MessageProof, _ envelope: Envelope, _ member: Member, _ county: CountyMachine
    ) -> (Int, String, Int64)? {
        guard envelope.isBelieved(proof, body: envelope.body, peer: name, key: member.key) else {
            return (401, "not-authenticated", 0)
        }
        if world.network.isBusy(county) { return (503, "busy", Int64(dice.roll(1...20))) }
        guard isGuarded else { return nil }
        switch gates.admit(
            nonce: proof.nonce, of: proof.sender, time: proof.time, boot: proof.boot, now: clock.now
        ) {
        case .gate(.admitted): return nil
        case .gate(.wrongBoot): return (401, "boot", 0)
        case .gate(.clockOff):
            world.note(.wrongClock, at: county)
            return (401, "clock", 0)
        case .gate(.replayed): return (401, "replayed", 0)
        case .gate(.crowded): return (503, "busy", 5)
        case .tooMany(let wait):
            world.note(.limitReached, at: county)
            return (429, "too-many-requests", (wait + 999) / 1000)
        }
    }

    private func exchange(
        _ request: ExchangeRequest, from member: Member, _ store: Store
    ) throws -> ExchangeAnswer {
        if flaw == .forgets, !request.segments.isEmpty, dice.roll(1...4) == 1 {
            let copy = try disk.copy()
            return try withExtendedLifetime(copy) {
                try open(copy).exchange(request, from: member).answer
            }
        }
        var (answer, applied) = try store.exchange(request, from: member)
        world.toldOfForks.formUnion(applied.forked)
        if applied.newChanges > 0 { wake() }
        switch flaw {
        case .none, .forgets: break
        case .agreesWithAll:
            answer.segments = []
            answer.scopes = request.scopes.map { ScopeReport(scope: $0.scope, digest: $0.digest) }
        case .hidesForks:
            answer.segments.removeAll { (try? SegmentCodec.decode($0))?.log.node == member.node }
        }
        return answer
    }

    // MARK: Long polls

    private func listen(
        _ bytes: [UInt8], _ store: Store, reply: @escaping (WakeAnswer) throws -> Void
    ) throws {
        pollCount += 1
        let request = try world.read { try MessageCodec.decodeWakeRequest(bytes) }
        let poll = Poll(request: request, reply: reply, number: pollCount)
        polls.append(poll)
        try answerPolls(store)
        let process = process
        world.schedule.after(Limits.wakeSeconds * 1000) { [self] in
            guard self.process == process,
                let index = polls.firstIndex(where: { $0.number == poll.number })
            else { return }
            polls.remove(at: index)
            try reply(WakeAnswer(scopes: []))
        }
    }

    private func wake() { step { [self] store in try answerPolls(store) } }

    /// All of one moment, so one look at the scopes is enough.
    private func answerPolls(_ store: Store) throws {
        if polls.isEmpty { return }
        let scopes = Set(polls.flatMap { $0.request.scopes.map(\.scope) }).sorted()
        let reports = try store.reports(of: scopes)
        let now = Dictionary(uniqueKeysWithValues: reports.map { ($0.scope, $0.digest) })
        var left: [Poll] = []
        for poll in polls {
            let news = poll.request.scopes.compactMap { known -> ScopeReport? in
                guard let digest = now[known.scope], digest != known.digest else { return nil }
                return ScopeReport(scope: known.scope, digest: digest)
            }
            if news.isEmpty { left.append(poll) } else { try poll.reply(WakeAnswer(scopes: news)) }
        }
        polls = left
    }
}
