import APIClient
import Records
import Rehearsal

/// One person's place at one node: what is asked and written there is counted and kept in the
/// ledger.
struct Desk: Sendable {
    let node: NodeProcess
    let user: String
    let scene: Scene

    /// Refusals that the work itself brings about; any other is a violation.
    static let expectedRefusals: Set = [
        "stale", "disputed", "duplicate", "no-such-record", "no-such-conflict", "choice-unfit",
        "invalid-fields",
    ]

    /// Nil when it could not be read; the node may be down.
    func read(_ path: String) async -> APIAnswer? {
        guard let answer = try? await node.ask("GET", path) else {
            scene.tally.add("reads without answer")
            return nil
        }
        scene.tally.add("reads")
        if answer.status < 300 { return answer }
        examine(answer, "GET \(path)")
        return nil
    }

    @discardableResult
    func write(
        _ attempt: Attempt, _ method: String, _ path: String, token: String? = nil, _ body: JSON
    ) async -> APIAnswer? {
        var attempt = attempt
        let answer = try? await node.ask(method, path, as: user, token: token, body)
        attempt.outcome = outcome(answer, "\(method) \(path) \(body.text)")
        if attempt.kind == .create, attempt.change != nil {
            attempt.record = answer?.json["id"]?.string
        }
        scene.ledger.note(attempt)
        switch attempt.outcome {
        case .acknowledged: scene.tally.add("acknowledged \(attempt.kind.rawValue)")
        case .unchanged: scene.tally.add("unchanged")
        case .unknown: scene.tally.add("unknown")
        case .refused(let why): scene.tally.add("refused \(why)")
        }
        return answer
    }

    private func outcome(_ answer: APIAnswer?, _ request: String) -> Attempt.Outcome {
        guard let answer else { return .unknown }
        if answer.status < 300 {
            return answer.json["change"]?.string.map { .acknowledged($0) } ?? .unchanged
        }
        let why = examine(answer, request)
        return why == "outcome-unknown" ? .unknown : .refused(why)
    }

    @discardableResult
    private func examine(_ answer: APIAnswer, _ request: String) -> String {
        let type = answer.json["type"]?.string?.split(separator: "/").last.map(String.init)
        let why = type ?? "\(answer.status)"
        if !Self.expectedRefusals.contains(why) {
            let said = String(decoding: answer.body, as: UTF8.self)
            scene.ledger.violation("\(node.name): \(request) answered \(answer.status): \(said)")
        }
        return why
    }
}
