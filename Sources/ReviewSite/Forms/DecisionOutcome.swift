import HTTPTypes
import Service
import Store
import SyncCore

/// What came of a submitted decision.
enum DecisionOutcome {
    /// The address of the record as it stands now.
    case decided(String)
    /// The form again, with everything that was entered.
    case refused(ConflictPage, HTTPResponse.Status)
    /// The conflict is not open any more.
    case closed

    init(_ name: String, _ draft: DecisionDraft, at node: Node) throws {
        guard let (item, token) = try node.store.conflict(named: name) else {
            self = .closed
            return
        }
        let decision = draft.decision(about: ConflictSubject(item).decidableFields)
        let complaints = draft.complaints(decision)
        guard complaints.isEmpty, let decision else {
            self = .refused(
                try ConflictPage(
                    item, token: token, at: node, draft: draft, refusal: .incomplete(complaints)),
                .unprocessableContent)
            return
        }
        do {
            let written = try node.decide(
                name, decision, token: draft.token, reason: draft.reason, by: draft.trimmedAuthor)
            let address = Address.record(written.record.state.type, written.record.id.description)
            self = .decided(address + "?decided=1")
        } catch {
            self = try Self.refused(name, draft, error, at: node)
        }
    }

    private static func refused(
        _ name: String, _ draft: DecisionDraft, _ error: any Error, at node: Node
    ) throws -> DecisionOutcome {
        let refusal: DecisionRefusal
        let status: HTTPResponse.Status
        switch error {
        case StoreError.conflictMoved, StoreError.stale, StoreError.badToken:
            (refusal, status) = (.moved, .preconditionFailed)
        case let problem as Problem where problem.name == "stale":
            (refusal, status) = (.moved, .preconditionFailed)
        case let problem as Problem where problem.name == "choice-unfit":
            // The side that was chosen is not among the sides any more.
            (refusal, status) = (.moved, .preconditionFailed)
        case let problem as Problem where problem.name == "invalid-fields":
            (refusal, status) = (
                .incomplete(DecisionComplaint.fields(problem)), .unprocessableContent
            )
        case let problem as Problem where problem.name == "no-such-conflict": return .closed
        default: throw error
        }
        // Read again: what is shown must be what stands, with a token of its own.
        guard let (item, token) = try node.store.conflict(named: name) else { return .closed }
        return .refused(
            try ConflictPage(item, token: token, at: node, draft: draft, refusal: refusal), status)
    }
}
