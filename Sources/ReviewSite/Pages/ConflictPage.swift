import HTTPTypes
import Hummingbird
import Records
import Service
import Store
import SyncCore

/// One conflict, and the form that decides it.
struct ConflictPage {
    /// The error summary at the top.
    struct Problems {
        struct Entry {
            let anchor: String
            let message: String
        }

        let heading: String
        let detail: String?
        let entries: [Entry]
    }

    let kind: String
    let topic: String
    let recordTitle: String
    let typeTitle: String
    let explanation: String
    let rule: String?
    let name: String
    let record: String?
    let problems: Problems?
    let comparison: Comparison
    let form: DecisionForm?
}

/// What came of a decision that was not accepted.
enum DecisionRefusal {
    case incomplete([DecisionComplaint])
    /// The conflict is not as it was shown.
    case moved

    var complaints: [DecisionComplaint] {
        if case .incomplete(let complaints) = self { complaints } else { [] }
    }

    var problems: ConflictPage.Problems {
        switch self {
        case .incomplete(let complaints):
            .init(
                heading: "裁定尚未提交", detail: "请更正以下 \(complaints.count) 处，已填内容均已保留。",
                entries: complaints.map { .init(anchor: $0.anchor, message: $0.message) })
        case .moved:
            .init(
                heading: "冲突在打开后已有变化",
                detail: "下表已更新为最新情况，新出现的一方标有“新”。裁定尚未提交，您填写的内容均已保留，请重新核对后选择并提交。",
                entries: [.init(anchor: "decision", message: "重新选择裁定方式")])
        }
    }
}

extension ConflictPage {
    init(
        _ item: ConflictItem, token: String, at node: Node, draft: DecisionDraft? = nil,
        refusal: DecisionRefusal? = nil, user: String? = nil
    ) throws {
        let subject = ConflictSubject(item)
        var current: StandingValues?
        if let type = subject.type, let record = try subject.record.flatMap(node.store.record) {
            current = try StandingValues(record, type, at: node)
        }
        kind = item.kind.chineseName
        topic = item.topic
        recordTitle = item.recordTitle
        typeTitle = item.typeTitle
        explanation = item.kind.explanation
        rule = subject.rule?.text.chinese
        name = item.name
        record = subject.record.map { Address.record(item.type, ShortID($0).description) }
        problems = refusal?.problems
        // Only a page that is shown again can tell which sides are new.
        comparison = Comparison(subject, current: current, shown: draft?.shown, at: node)
        form = DecisionForm(
            subject, values: Self.start(subject, current), token: token, draft: draft,
            refusal: refusal, user: user)
    }

    /// What the inputs for another value begin with: what everybody had agreed on.
    private static func start(
        _ subject: ConflictSubject, _ current: StandingValues?
    ) -> [FieldID: Value] {
        if subject.rule != nil { return current?.values ?? [:] }
        guard let base = subject.item.base else { return [:] }
        return Dictionary(StateValues.fields(base.bytes).map { ($0.key, $0.value) }) { $1 }
    }
}

extension ReviewSite {
    func showConflict(_ request: Request, _ context: APIContext) async throws -> Response {
        let name = try context.part("name")
        let user = ReviewerCookie.read(request)
        let page = try await offload { [node] in
            try node.store.conflict(named: name).map {
                try ConflictPage($0.item, token: $0.token, at: node, user: user)
            }
        }
        guard let page else { return try await closed(name, draft: nil) }
        return show(page)
    }

    func decideConflict(_ request: Request, _ context: APIContext) async throws -> Response {
        let name = try context.part("name")
        let draft = DecisionDraft(try await FormBody(request))
        let outcome = try await offload { [node] in try DecisionOutcome(name, draft, at: node) }
        var response: Response
        switch outcome {
        case .decided(let address): response = .seeOther(address)
        case .refused(let page, let status): response = show(page, status: status)
        case .closed: response = try await closed(name, draft: draft)
        }
        if draft.complaints(.accept).allSatisfy({ $0.anchor != "user" }) {
            ReviewerCookie.set(draft.trimmedAuthor, on: &response)
        }
        return response
    }

    private func show(_ page: ConflictPage, status: HTTPResponse.Status = .ok) -> Response {
        let prefix = page.problems == nil ? "" : "需更正："
        return .page(
            templates.page("conflict", page, title: "\(prefix)\(page.topic) 冲突", at: node),
            status: status)
    }

    /// Decided meanwhile, or never open here. The draft's reason is not lost.
    private func closed(_ name: String, draft: DecisionDraft?) async throws -> Response {
        let record = try await offload { [node] () -> String? in
            guard let id = name.split(separator: ".").first.flatMap({ ShortID(String($0)) }),
                let record = try node.store.record(id)
            else { return nil }
            return Address.record(record.state.type, id.description)
        }
        let model = ClosedConflict(record: record, draft: draft?.reason)
        return .page(
            templates.page("closedConflict", model, title: "冲突已不再待处理", at: node),
            status: .notFound)
    }
}

/// For the page of a conflict that is not open.
struct ClosedConflict {
    let record: String?
    let draft: String?
}
