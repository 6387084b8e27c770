import Records
import SyncCore

/// The inputs of one field, for the template.
struct FieldInput {
    struct Option {
        let value: String
        let title: String
        let isSelected: Bool
    }

    /// A set of codes: one box each.
    struct Choices {
        let id: String
        let name: String
        let label: String
        let message: String?
        let options: [Option]
    }

    struct Simple {
        let id: String
        let name: String
        let label: String
        let isRequired: Bool
        let hint: String?
        let message: String?
        /// The ids of hint and message.
        let described: String?
        var kind = "text"
        var rows = 3
        var text = ""
        var options: [Option] = []
        var isSelect = false
        var isArea = false
        var isLine = false
    }

    let choices: Choices?
    let simple: Simple?

    /// `entered`: as it was submitted; else the value that the form begins with.
    init(_ field: Field, value: Value?, entered: FormBody?, message: String?) {
        let entry = FieldEntry(field: field)
        let texts = entered?.all(entry.name) ?? entry.texts(value)
        if case .set(.code(let codes), _) = field.kind {
            simple = nil
            choices = Choices(
                id: entry.anchor, name: entry.name, label: field.title.chinese, message: message,
                options: codes.map {
                    Option(
                        value: $0.value, title: $0.title.chinese,
                        isSelected: texts.contains($0.value))
                })
            return
        }
        choices = nil
        let hint = Self.hint(field.kind)
        let described = [hint.map { _ in "-hint" }, message.map { _ in "-error" }]
            .compactMap { $0.map { entry.anchor + $0 } }.joined(separator: " ")
        var simple = Simple(
            id: entry.anchor, name: entry.name, label: field.title.chinese,
            isRequired: field.isRequired, hint: hint, message: message,
            described: described.isEmpty ? nil : described)
        simple.text = texts.joined(separator: "\n")
        switch field.kind {
        case .code(let codes):
            simple.isSelect = true
            simple.options = Self.options(codes.map { ($0.value, $0.title.chinese) }, texts)
        case .flag:
            simple.isSelect = true
            simple.options = Self.options([("true", "是"), ("false", "否")], texts)
        case .list, .set: simple.isArea = true
        case .text(_, isMultiline: true):
            simple.isArea = true
            simple.rows = 6
        case .date:
            simple.isLine = true
            simple.kind = "date"
        case .instant:
            simple.isLine = true
            simple.kind = "datetime-local"
        default: simple.isLine = true
        }
        self.simple = simple
    }

    /// A value that is no longer in the list must not turn into the first one unnoticed.
    private static func options(_ known: [(String, String)], _ texts: [String]) -> [Option] {
        let chosen = texts.first ?? ""
        let unknown = known.contains { $0.0 == chosen } || chosen.isEmpty ? [] : [(chosen, chosen)]
        return ([("", "（空）")] + known + unknown).map {
            Option(value: $0.0, title: $0.1, isSelected: $0.0 == chosen)
        }
    }

    private static func hint(_ kind: FieldKind) -> String? {
        switch kind {
        case .list, .set: "每行填写一项。"
        case .integer(_, let unit?): "单位：\(unit.chinese)。"
        case .instant: "北京时间。"
        case .division: "六位区划代码，例如 632521。"
        case .uscc: "18 位统一社会信用代码。"
        case .reference: "填写记录编号。"
        default: nil
        }
    }
}
