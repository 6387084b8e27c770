import Foundation
import Records
import Service
import SyncCore

/// Between a field's value and what a form's inputs hold.
struct FieldEntry {
    let field: Field

    /// Of the input.
    var name: String { "field." + field.name }
    var anchor: String { "field-" + field.name }

    // MARK: To the form

    /// A list has one line for each member.
    func texts(_ value: Value?) -> [String] {
        switch value {
        case nil, .null: []
        case .list(let items): items.flatMap { texts($0) }
        case .text(let text): [text]
        case .bool(let flag): [flag ? "true" : "false"]
        case .integer(let integer):
            if case .instant = field.kind {
                [String(BeijingTime.iso(milliseconds: integer).prefix(19))]
            } else {
                ["\(integer)"]
            }
        case .bytes(let bytes): [bytes.hex]
        case .map: []
        }
    }

    // MARK: From the form

    /// As the API reads it. What cannot be read is passed on as text, so that the API's own
    /// message tells what is wrong with it.
    func json(_ form: FormBody) -> JSON {
        switch field.kind {
        case .list, .set:
            let lines = form.all(name).flatMap { $0.split(separator: "\n") }
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            return lines.isEmpty ? .null : .array(lines.map(Self.scalar(field.kind.member)))
        default:
            let text = form[name]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
            return text.isEmpty ? .null : Self.scalar(field.kind)(text)
        }
    }

    private static func scalar(_ kind: FieldKind?) -> (String) -> JSON {
        { text in
            switch kind {
            case .integer: Int64(text).map { .integer($0) } ?? .string(text)
            case .flag: text == "true" ? true : text == "false" ? false : .string(text)
            case .instant: instant(text).map { .integer($0) } ?? .string(text)
            default: .string(text)
            }
        }
    }

    /// `2026-11-21T17:02`, with seconds or without, in Beijing time.
    private static func instant(_ text: String) -> Int64? {
        let full = (text.count == 16 ? text + ":00" : text) + "+08:00"
        guard let date = try? Date(full, strategy: .iso8601) else { return nil }
        return Int64(date.timeIntervalSince1970 * 1000)
    }
}
