import Store
import SyncCore
import SyncSession
import WireFormat

/// A county's node: performs what its session asks for, one step at a time.
final class CountyMachine: Machine {
    private var session: CountySession?
    /// Numbers what may come back late, so that only the newest counts.
    private var exchange = 0
    private var poll = 0
    private var timer = 0
    /// What the hub's last signed answer said.
    private var hubTime = (boot: UInt64(0), offsetMilliseconds: Int64(0))

    /// A node may have little memory or a slow line.
    var budgetBytes = Limits.exchangeBudgetBytes
    /// What the next calls of a store in this county's exchange are to meet.
    var due = Due()
    /// What the last exchanges carried, for the checks of quiet.
    private(set) var exchanges = 0
    private(set) var segmentsCarried = 0
    private(set) var state = ExchangeState.idle

    override var crashRate: Int { world.network.faults.countyCrash }
    var isQuiet: Bool { session?.isQuiet ?? false }

    func enter(_ state: ExchangeState) {
        self.state = state
        world.entered(state, self)
    }

    override func started() throws {
        guard let store else { return }
        hubTime = (0, 0)
        session = CountySession(views: try store.hubViews(), seed: dice.next())
        try handle(.start)
    }

    override func stopped() {
        session = nil
        enter(.idle)
    }

    override func wrote() throws { try handle(.localChange) }

    func sync() throws { try handle(.start) }

    private func handle(_ event: CountySession.Event) throws {
        guard var machine = session else { return }
        let effects = machine.handle(event)
        session = machine
        switch event {
        case .absorbed, .failed: enter(.idle)
        default: break
        }
        for effect in effects { perform(effect) }
    }

    private func perform(_ effect: CountySession.Effect) {
        switch effect {
        case .prepare(let plan): prepare(plan)
        case .send(let request):
            enter(.sending)
            step { [self] _ in try send(request) }
        case .absorb(let answer, let sent): absorb(answer, sent)
        case .listen(let request): step { [self] _ in try listen(request) }
        case .wait(let milliseconds):
            timer += 1
            let (process, timer) = (process, timer)
            world.schedule.after(milliseconds) { [self] in
                if self.process == process, self.timer == timer { try handle(.timer) }
            }
        }
    }

    private func prepare(_ plan: ExchangePlan) {
        enter(.preparing)
        step { [self] store in
            let plan = ExchangePlan(
                scopes: plan.scopes, marks: plan.marks,
                budgetBytes: min(plan.budgetBytes, budgetBytes),
                answerBudgetBytes: min(plan.answerBudgetBytes, budgetBytes),
                deferred: plan.deferred, withholdsSegments: plan.withholdsSegments)
            try ending(call(store, of: self) { try $0.prepare(plan) }) { .prepared($0) }
        }
    }

    private func absorb(_ answer: ExchangeAnswer, _ sent: ExchangeRequest) {
        enter(.absorbing)
        step { [self] store in
            let before = store.identity.incarnation
            let isShownMore = try isShownMore(answer.scopes, than: store)
            let result = try call(store, of: self) { try $0.absorb(answer, sent: sent) }
            if case .done(let absorbed) = result {
                world.toldOfForks.formUnion(absorbed.forked)
                try world.receipts.note(answer.receipts)
                try checkShown(answer.refusals, store)
                if isShownMore, store.identity.incarnation == before {
                    throw world.violation(
                        "\(name) was shown a change of its own that it lacks, and keeps its name",
                        promise: "incarnation")
                }
            }
            try ending(result) { .absorbed($0) }
        }
    }

    /// Invariant 15: people see here what the hub refused.
    private func checkShown(_ refusals: [Refusal], _ store: Store) throws {
        if refusals.isEmpty { return }
        let shown = try store.refusals().filter(\.isAtHub)
        for refusal in refusals {
            let isShown = shown.contains {
                $0.rule == refusal.rule && $0.log == refusal.log?.description ?? ""
                    && $0.firstSequence == refusal.firstSequence
            }
            guard isShown else {
                throw world.violation(
                    "\(name) does not show that the hub refused \(refusal)",
                    promise: "rejects are kept")
            }
        }
    }

    /// A failure of the disk is met like one of the network: by trying again.
    private func ending<T>(_ call: Call<T>, _ event: @escaping (T) -> CountySession.Event) throws {
        switch call {
        case .done(let value): step { [self] _ in try handle(event(value)) }
        case .failed(let why): try handle(.failed(.unreachable(why)))
        case .crashed: break
        }
    }

    // MARK: Exchange

    private func send(_ request: ExchangeRequest) throws {
        exchange += 1
        exchanges += 1
        segmentsCarried += request.segments.count
        let (process, number) = (process, exchange)
        let isAwaited = { [self] in self.process == process && exchange == number }
        func ifAwaited(_ event: CountySession.Event) throws {
            guard isAwaited() else { return }
            exchange += 1
            try handle(event)
        }
        world.schedule.after(Network.timeoutMilliseconds) {
            try ifAwaited(.failed(.unreachable("timed out")))
        }
        var request = request
        try world.checkScopes(of: request.segments, identity.ownScopes, from: self)
        try checkFirstContact(request.segments)
        request.segments = world.network.damaged(request.segments, of: self)
        request.segments = world.network.poisoned(request.segments, of: self)
        world.trace("\(name) sends \(request.segments.count) segments")
        try post(Envelope.exchange, MessageCodec.encode(request), isAwaited) { [self] result in
            switch result {
            case .failure(let failure): try ifAwaited(.failed(failure))
            case .success(let body):
                let answer = try world.read { try MessageCodec.decodeAnswer(body) }
                if isAwaited() { segmentsCarried += answer.segments.count }
                try ifAwaited(.answered(answer))
            }
        }
    }

    /// The hub may be new to all that is here: a little goes along until its clock has come.
    private func checkFirstContact(_ segments: [[UInt8]]) throws {
        guard session?.views.contains(where: { $0.digest == nil }) == true else { return }
        let bytes = segments.dropLast().reduce(0) { $0 + $1.count }
        guard bytes <= Limits.firstContactBytes else {
            throw world.violation("\(name) begins with \(bytes) bytes", promise: "first contact")
        }
    }

    private func listen(_ request: WakeRequest) throws {
        poll += 1
        let (process, number) = (process, poll)
        func ifAwaited(_ event: CountySession.Event) throws {
            guard self.process == process, poll == number else { return }
            poll += 1
            try handle(event)
        }
        world.schedule.after(Limits.wakeSeconds * 1000 + Network.timeoutMilliseconds) {
            try ifAwaited(.wakeFailed)
        }
        try post(Envelope.wake, MessageCodec.encode(request), { false }) { [self] result in
            switch result {
            case .failure: try ifAwaited(.wakeFailed)
            case .success(let body):
                let answer = try world.read { try MessageCodec.decodeWakeAnswer(body) }
                try ifAwaited(.woken(answer.scopes))
            }
        }
    }

    // MARK: Signed messages

    private typealias Ending = (Result<[UInt8], ExchangeFailure>) throws -> Void

    /// Once more if the hub tells its boot number or its time, as the program's client does.
    private func post(
        _ path: String, _ body: [UInt8], isRetry: Bool = false,
        _ isAwaited: @escaping () -> Bool, _ end: @escaping Ending
    ) throws {
        guard body.count <= Limits.exchangeBytes else {
            throw world.violation("a request of \(body.count) bytes", promise: "bounds")
        }
        let process = process
        let nonce = dice.bytes(MessageProof.nonceByteCount)
        let envelope = Envelope.request(
            body, path: path, from: name, to: identity.hub,
            time: clock.now &+ hubTime.offsetMilliseconds, nonce: nonce, boot: hubTime.boot,
            key: identity.key)
        if isAwaited() { enter(.onTheWireToTheHub) }
        world.network.carry(
            body.count, of: self, .toHub,
            deliver: { [self] in
                try world.hub.receive(envelope, from: self, isAwaited) { [self] reply in
                    guard reply.envelope.body.count <= Limits.exchangeBytes else {
                        throw world.violation("an answer too large", promise: "bounds")
                    }
                    if isAwaited() { enter(.onTheWireBack) }
                    carryBack(reply, nonce: nonce) { [self] status, name, result in
                        guard self.process == process else { return }
                        if status == 401, !isRetry, name == "boot" || name == "clock" {
                            return try post(path, body, isRetry: true, isAwaited, end)
                        }
                        try end(result)
                    }
                }
            },
            cut: { [self] length in
                let part = Array(body.prefix(length))
                guard try !isBelieved(envelope, part) else {
                    throw world.violation("a request cut at byte \(length) is still signed")
                }
                guard self.process == process else { return }
                try end(.failure(.unreachable("cut at byte \(length)")))
            })
    }

    private func isBelieved(_ envelope: Envelope, _ body: [UInt8]) throws -> Bool {
        try envelope.isBelieved(
            MessageProof(encoded: envelope.proof), body: body, peer: identity.hub,
            key: identity.key.publicKey)
    }

    private func carryBack(
        _ reply: Reply, nonce: [UInt8],
        _ end: @escaping (Int, String, Result<[UInt8], ExchangeFailure>) throws -> Void
    ) {
        let envelope = reply.envelope
        func read(_ body: [UInt8]) throws {
            let proof = try MessageProof(encoded: envelope.proof)
            guard proof.sender == identity.hub, proof.nonce == nonce,
                envelope.isBelieved(proof, body: body, peer: name, key: identity.hubKey)
            else { return try end(0, "", .failure(.untrusted("not signed"))) }
            let offset = proof.time &- clock.now
            hubTime = (proof.boot, offset.magnitude > 60_000 ? offset : 0)
            try end(reply.status, reply.name, Self.result(reply, body))
        }
        world.network.carry(
            envelope.body.count, of: self, .back, deliver: { try read(envelope.body) },
            cut: { try read(Array(envelope.body.prefix($0))) })
    }

    private static func result(
        _ reply: Reply, _ body: [UInt8]
    ) -> Result<[UInt8], ExchangeFailure> {
        switch reply.status {
        case 200: .success(body)
        case 507: .failure(.noRoom(retryAfterSeconds: reply.retryAfterSeconds))
        case 429, 503: .failure(.busy(retryAfterSeconds: reply.retryAfterSeconds))
        default: .failure(.refused(status: reply.status, type: reply.name, detail: ""))
        }
    }
}
