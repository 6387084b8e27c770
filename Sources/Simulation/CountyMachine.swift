import SyncSession
import Store
import SyncCore
import WireFormat

/// A county's node: performs what its session asks for, one step at a time.
final class CountyMachine: Machine {
    private var session: CountySession?
    /// Numbers what may come back late, so that only the newest counts.
    private var exchange = 0
    private var poll = 0
    private var timer = 0

    /// A node may have little memory or a slow line.
    var budgetBytes = Limits.exchangeBudgetBytes
    /// What the last exchanges carried, for the checks of quiet.
    private(set) var exchanges = 0
    private(set) var segmentsCarried = 0

    override var crashRate: Int { world.network.faults.countyCrash }
    var isQuiet: Bool { session?.isQuiet ?? false }

    override func started() throws {
        guard let store else { return }
        session = CountySession(views: try store.hubViews(), seed: dice.next())
        try handle(.start)
    }

    override func stopped() { session = nil }

    override func wrote() throws { try handle(.localChange) }

    func sync() throws { try handle(.start) }

    private func handle(_ event: CountySession.Event) throws {
        guard var machine = session else { return }
        let effects = machine.handle(event)
        session = machine
        for effect in effects { perform(effect) }
    }

    private func perform(_ effect: CountySession.Effect) {
        switch effect {
        case .prepare(let plan):
            step { [self] store in
                var request = try store.prepare(
                    ExchangePlan(
                        scopes: plan.scopes, marks: plan.marks,
                        budgetBytes: min(plan.budgetBytes, budgetBytes),
                        withholdsSegments: plan.withholdsSegments))
                request.answerBudgetBytes = min(request.answerBudgetBytes, budgetBytes)
                step { [self] _ in try handle(.prepared(request)) }
            }
        case .send(let request): step { [self] _ in try send(request) }
        case .absorb(let answer, let sent):
            step { [self] store in
                let result = try store.absorb(answer, sent: sent)
                try world.receipts.note(answer.receipts, at: self)
                step { [self] _ in try handle(.absorbed(result)) }
            }
        case .listen(let request): step { [self] _ in try listen(request) }
        case .wait(let milliseconds):
            timer += 1
            let (process, timer) = (process, timer)
            world.schedule.after(milliseconds) { [self] in
                if self.process == process, self.timer == timer { try handle(.timer) }
            }
        }
    }

    private func send(_ request: ExchangeRequest) throws {
        exchange += 1
        exchanges += 1
        segmentsCarried += request.segments.count
        let (process, number) = (process, exchange)
        func ifAwaited(_ event: () throws -> CountySession.Event) throws {
            guard self.process == process, exchange == number else { return }
            exchange += 1
            try handle(event())
        }
        world.schedule.after(Network.timeoutMilliseconds) {
            try ifAwaited { .failed(.unreachable("timed out")) }
        }
        var request = request
        request.segments = world.network.damaged(request.segments)
        world.trace("\(name) sends \(request.segments.count) segments")
        world.network.carry(MessageCodec.encode(request), line: name.name) { [self] bytes in
            try world.hub.receive(bytes, from: name) { [self] reply in
                switch reply {
                case .busy(let seconds):
                    try ifAwaited { .failed(.busy(retryAfterSeconds: seconds)) }
                case .noRoom(let seconds):
                    try ifAwaited { .failed(.noRoom(retryAfterSeconds: seconds)) }
                case .unknown:
                    try ifAwaited {
                        .failed(.refused(status: 401, type: "unknown-node", detail: ""))
                    }
                case .answer(let bytes):
                    world.network.carry(bytes, line: name.name) { [self] bytes in
                        try ifAwaited {
                            let answer = try MessageCodec.decodeAnswer(bytes)
                            segmentsCarried += answer.segments.count
                            return .answered(answer)
                        }
                    }
                }
            }
        }
    }

    private func listen(_ request: WakeRequest) throws {
        poll += 1
        let (process, number) = (process, poll)
        func ifAwaited(_ event: () throws -> CountySession.Event) throws {
            guard self.process == process, poll == number else { return }
            poll += 1
            try handle(event())
        }
        world.schedule.after(Limits.wakeSeconds * 1000 + Network.timeoutMilliseconds) {
            try ifAwaited { .wakeFailed }
        }
        world.network.carry(MessageCodec.encode(request), line: name.name) { [self] bytes in
            try world.hub.listen(bytes) { [self] bytes in
                world.network.carry(bytes, line: name.name) { bytes in
                    try ifAwaited { .woken(try MessageCodec.decodeWakeAnswer(bytes).scopes) }
                }
            }
        }
    }
}
