import Records
import SyncCore

/// The record types, by number: what a program must know to read and write records.
enum TypesChapter {
    static let lines: [String] = Catalogue.all.flatMap(section)

    private static func section(_ type: RecordType) -> [String] {
        var facts = [
            "lane \(type.lane.rawValue) (\(type.lane.name))",
            type.home == .province ? "scope `province`" : "scope of its county",
            "schema version \(type.schemaVersion)",
        ]
        if type.isInsertOnly { facts.append("insert-only: never edited") }
        if type.isConsequential { facts.append("consequential (K5)") }
        if let key = type.naturalKey { facts.append("natural key: field \(key)") }
        return [
            "## `\(type.name)` \(type.title.chinese)", "",
            facts.joined(separator: "; ") + ".", "",
            "| group | field | name | 名称 | value | |", "|---:|---:|---|---|---|---|",
        ]
            + type.groups.flatMap { group in
                group.fields.compactMap { id in type.field(id).map { row($0, in: group) } }
            } + rules(type) + [""]
    }

    private static func row(_ field: Field, in group: FieldGroup) -> String {
        "| \(group.id) | \(field.id) | `\(field.name)` | \(field.title.chinese) | "
            + "\(form(field.kind)) | \(field.isRequired ? "required" : "") |"
    }

    private static func rules(_ type: RecordType) -> [String] {
        type.rules.isEmpty
            ? [] : [""] + type.rules.map { "- rule \($0.number): \($0.text.english)" }
    }

    private static func form(_ kind: FieldKind) -> String {
        switch kind {
        case .text(let maxBytes, let isMultiline):
            "text, \(maxBytes) bytes" + (isMultiline ? ", several lines" : "")
        case .code(let codes):
            "text, one of " + codes.map { "`\($0.value)`" }.joined(separator: " ")
        case .integer(let range, let unit):
            "integer, \(range.lowerBound) to \(range.upperBound)"
                + (unit.map { ", \($0.english)" } ?? "")
        case .flag: "true or false"
        case .date: "text, `2026-11-21`"
        case .instant: "integer, milliseconds since 1970 UTC"
        case .uscc: "text, a unified social credit code of 18 characters"
        case .division: "text, six digits of GB/T 2260"
        case .reference(let type): "text, the short id of a `\(type)`"
        case .digest: "text, SHA-256 in lower-case hexadecimal"
        case .publicKey: "text, 32 bytes in base 64"
        case .nodeName: "text, a node's name (N1)"
        case .scope: "text, a scope (N2)"
        case .list(let member, let max): "list of at most \(max): \(form(member))"
        case .set(let member, let max):
            "list of at most \(max), ascending by bytes, each once: \(form(member))"
        }
    }
}
