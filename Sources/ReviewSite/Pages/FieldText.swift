import Records
import Service
import Store
import SyncCore

/// One cell of a table: a value as people read it.
struct Cell {
    struct Line {
        let text: String
        let address: String?
    }

    let lines: [Line]
    /// Said instead of a value.
    let absence: String?
    /// What is special about it, in words: colour alone tells not everybody.
    var mark: String?

    init(_ lines: [Line], absence: String = "（空）") {
        self.lines = lines
        self.absence = lines.isEmpty ? absence : nil
    }

    init(_ text: String) { self.init([Line(text: text, address: nil)]) }
}

/// Turns stored values into text. Values may be of any shape, since a peer wrote them.
struct FieldText {
    let node: Node

    func cell(_ value: Value?, _ kind: FieldKind) -> Cell { Cell(lines(value ?? .null, kind)) }

    private func lines(_ value: Value, _ kind: FieldKind) -> [Cell.Line] {
        if case .list(let items) = value {
            let kind = kind.member ?? kind
            return items.flatMap { lines($0, kind) }
        }
        if case .text(let text) = value, case .reference(let type) = kind {
            return [Cell.Line(text: name(of: text), address: Address.record(type, text))]
        }
        return plain(value, kind).map { [Cell.Line(text: $0, address: nil)] } ?? []
    }

    private func plain(_ value: Value, _ kind: FieldKind) -> String? {
        switch (value, kind) {
        case (.null, _): nil
        case (.text(let text), .code(let codes)):
            codes.first { $0.value == text }?.title.chinese ?? "\(text)（未知代码）"
        case (.text(let text), .division):
            Divisions.fullName(of: text).map { "\($0)（\(text)）" } ?? text
        case (.text(let text), _): text
        case (.bool(let flag), _): flag ? "是" : "否"
        case (.integer(let milliseconds), .instant):
            BeijingTime.short(milliseconds: milliseconds) + "（北京时间）"
        case (.integer(let integer), .integer(_, let unit)):
            "\(integer)" + (unit.map { " " + $0.chinese } ?? "")
        case (.integer(let integer), _): "\(integer)"
        case (.bytes(let bytes), _): bytes.hex
        case (.list, _): nil
        case (.map(let entries), _):
            entries.compactMap { entry in plain(entry.value, kind).map { "\(entry.key)：\($0)" } }
                .joined(separator: "；")
        }
    }

    /// A record's title where it is stored here, else its id.
    private func name(of id: String) -> String {
        guard let short = ShortID(id), let record = try? node.store.record(short) else {
            return "\(id)（本节点无此记录）"
        }
        return RecordName.short(Titles.title(of: record.state), id: id)
    }
}

/// How lists and links name a record.
enum RecordName {
    /// Titles may be whole paragraphs of facts.
    private static let length = 40

    static func short(_ title: String, id: String) -> String {
        let line = title.split(whereSeparator: \.isNewline).joined(separator: " ")
        if line.isEmpty { return "记录 \(id)" }
        return line.count > length ? line.prefix(length) + "…" : line
    }
}

extension FieldKind {
    /// What a list or set holds.
    var member: FieldKind? {
        switch self {
        case .list(let member, _), .set(let member, _): member
        default: nil
        }
    }
}
