import Store
import SyncCore
import WireFormat

/// The hub: commits, then answers; long polls are answered when something changed.
final class HubMachine: Machine {
    enum Reply {
        case answer([UInt8])
        case busy(seconds: Int64)
        case noRoom(seconds: Int64)
        case unknown
    }

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
    private struct Poll {
        let request: WakeRequest
        let reply: ([UInt8]) throws -> Void
        let number: Int
    }
    private var polls: [Poll] = []
    private var pollCount = 0

    override var crashRate: Int { world.network.faults.hubCrash }

    override func started() throws { try world.receipts.checkAll() }

    override func stopped() { polls = [] }

    override func wrote() throws { wake() }

    // MARK: Exchange

    func receive(
        _ bytes: [UInt8], from sender: NodeID, reply: @escaping (Reply) throws -> Void
    ) throws {
        step { [self] store in
            if world.network.isBusy() { return try reply(.busy(seconds: Int64(dice.roll(1...20)))) }
            guard let member = try store.member(sender) else { return try reply(.unknown) }
            let request = try MessageCodec.decodeRequest(bytes)
            if !request.segments.isEmpty, world.network.hasNoRoom() {
                return try reply(.noRoom(seconds: Int64(dice.roll(1...40))))
            }
            var answer = try exchange(request, from: member, store)
            if flaw == .agreesWithAll {
                answer.segments = []
                answer.scopes = request.scopes.map {
                    ScopeReport(scope: $0.scope, digest: $0.digest)
                }
            }
            if flaw == .hidesForks {
                answer.segments.removeAll {
                    (try? SegmentCodec.decode($0))?.log.node == sender
                }
            }
            world.trace("\(name) answers \(sender) with \(answer.segments.count) segments")
            answer.segments = world.network.damaged(answer.segments)
            let encoded = MessageCodec.encode(answer)
            step { _ in try reply(.answer(encoded)) }
        }
    }

    private func exchange(
        _ request: ExchangeRequest, from member: Member, _ store: Store
    ) throws -> ExchangeAnswer {
        if flaw == .forgets, !request.segments.isEmpty, dice.roll(1...4) == 1 {
            let copy = try open(InMemoryDatabase(copyOf: disk))
            return try copy.exchange(request, from: member).answer
        }
        let (answer, applied) = try store.exchange(request, from: member)
        if applied.newChanges > 0 { wake() }
        return answer
    }

    // MARK: Long polls

    func listen(_ bytes: [UInt8], reply: @escaping ([UInt8]) throws -> Void) throws {
        step { [self] store in
            pollCount += 1
            let poll = Poll(
                request: try MessageCodec.decodeWakeRequest(bytes), reply: reply, number: pollCount)
            polls.append(poll)
            try answerPolls(store)
            let process = process
            world.schedule.after(Limits.wakeSeconds * 1000) { [self] in
                guard self.process == process,
                    let index = polls.firstIndex(where: { $0.number == poll.number })
                else { return }
                polls.remove(at: index)
                try reply(MessageCodec.encode(WakeAnswer(scopes: [])))
            }
        }
    }

    private func wake() { step { [self] store in try answerPolls(store) } }

    private func answerPolls(_ store: Store) throws {
        var left: [Poll] = []
        for poll in polls {
            let own = try store.reports(of: poll.request.scopes.map(\.scope))
            let news = zip(own, poll.request.scopes).filter { $0.digest != $1.digest }
            if news.isEmpty {
                left.append(poll)
            } else {
                try poll.reply(
                    MessageCodec.encode(
                        WakeAnswer(
                            scopes: news.map { ScopeReport(scope: $0.0.scope, digest: $0.0.digest) }
                        )))
            }
        }
        polls = left
    }
}
