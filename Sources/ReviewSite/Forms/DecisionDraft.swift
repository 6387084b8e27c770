import Foundation
import Records
import Service
import Store
import SyncCore

/// What a reviewer has entered: kept whole until it has become a decision.
struct DecisionDraft: Sendable {
    let form: FormBody
    let choice: String?
    let reason: String
    let author: String
    let token: String
    /// The sides that the page showed.
    let shown: Set<String>

    init(_ form: FormBody) {
        self.form = form
        choice = form["choice"]
        reason = form["reason"] ?? ""
        author = form["user"] ?? ""
        token = form["token"] ?? ""
        shown = Set((form["shown"] ?? "").split(separator: " ").map(String.init))
    }

    var trimmedAuthor: String { author.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// The decision that the API knows; nil when nothing was chosen.
    func decision(about fields: [Field]) -> Choice? {
        guard let parts = choice?.split(separator: ":", maxSplits: 1).map(String.init),
            let word = parts.first
        else { return nil }
        switch (word, parts.dropFirst().first) {
        case ("take", let change?): return .take(change: change)
        case ("base", nil): return .takeBase
        case ("life", "withdrawn"?): return .withdrawn(true)
        case ("life", "alive"?): return .withdrawn(false)
        case ("accept", nil): return .accept
        case ("merge", let record?): return .mergeInto(record: record)
        case ("values", nil):
            return .values(
                Dictionary(
                    uniqueKeysWithValues: fields.map {
                        ($0.name, FieldEntry(field: $0).json(form))
                    }))
        default: return nil
        }
    }

    /// What can be seen to be missing without asking the store.
    func complaints(_ decision: Choice?) -> [DecisionComplaint] {
        var found: [DecisionComplaint] = []
        if decision == nil {
            found.append(.init(anchor: "decision", message: "请选择一种裁定方式。"))
        }
        if reason.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty {
            found.append(.init(anchor: "reason", message: "请填写裁定理由。"))
        } else if reason.utf8.count > Limits.reasonBytes {
            found.append(
                .init(
                    anchor: "reason",
                    message: "理由过长：最多约 \(Limits.reasonBytes / 3) 个汉字，请精简。"))
        }
        if !AuthorCode.isValid(trimmedAuthor) {
            found.append(
                .init(
                    anchor: "user",
                    message: "请填写经办人代码：仅限字母、数字、“.”“_”“-”，最多 32 位，不得使用姓名。"))
        }
        return found
    }
}

/// One thing that keeps a decision from being accepted, and where on the form it is.
struct DecisionComplaint: Sendable {
    let anchor: String
    let message: String
}

extension DecisionComplaint {
    /// What the API says about the fields. `evidence[2]` belongs to the input of `evidence`.
    static func fields(_ problem: Problem) -> [DecisionComplaint] {
        (problem.members["fields"]?.array ?? []).filter { $0["severity"]?.string != "warning" }.map
        {
            let path = $0["field"]?.string ?? ""
            let name = path.prefix { $0 != "[" }
            return DecisionComplaint(
                anchor: name == "reason" ? "reason" : "field-\(name)",
                message: $0["message_zh"]?.string ?? problem.detail.chinese)
        }
    }
}
