import Records
import Service
import Store
import SyncCore

/// The table that sets the sides of a conflict beside what they started from.
struct Comparison {
    struct Column {
        let mark: String
        let kind: String
        let origin: Origin
        let reason: String?
        /// Came after the page was first opened.
        let isNew: Bool
        /// A record of its own, for duplicates.
        let record: String?
    }

    struct Row {
        let label: String
        let base: Cell?
        let cells: [Cell]
    }

    /// What the sides are compared with; nil for duplicates.
    let baseTitle: String?
    let baseNote: String?
    let columns: [Column]
    let rows: [Row]
}

extension Comparison {
    /// `shown`: the sides that the reviewer has seen before; nil when the page is new.
    init(_ subject: ConflictSubject, current: StandingValues?, shown: Set<String>?, at node: Node) {
        let item = subject.item
        let text = FieldText(node: node)
        columns = item.sides.enumerated().map { index, side in
            Column(
                mark: SideMark.text(index),
                kind: subject.slot == nil ? "登记" : side.kind.chineseName,
                origin: Origin(
                    side.reference, author: side.author, claimedTime: side.claimedTime, at: node),
                reason: side.reason, isNew: shown.map { !$0.contains(side.id) } ?? false,
                record: subject.slot == nil ? Address.record(item.type, side.id) : nil)
        }
        switch subject.slot {
        case .group(let group):
            baseTitle = "共同前版"
            baseNote = item.base == nil ? "此前无共同版本" : "各方修改之前最后一致的内容"
            rows = Self.disputed(group, subject, text)
        case .life, .parallel, .rule:
            baseTitle = "当前值"
            baseNote = "各方修改自动合并后的内容"
            rows = Self.written(subject, current, text)
        case nil:
            baseTitle = nil
            baseNote = nil
            rows = Self.duplicates(subject, text)
        }
    }

    // MARK: One group, several values

    private static func disputed(
        _ group: GroupID, _ subject: ConflictSubject, _ text: FieldText
    ) -> [Row] {
        let base = subject.item.base.map { GroupFields($0.bytes) }
        let sides = subject.item.sides.map { side in
            GroupFields(side.values.first { $0.group == group }?.bytes ?? [])
        }
        return lines(of: group, subject.type).map { line in
            let values = sides.map { $0[line.field] }
            let agree = Set(values).count <= 1
            return Row(
                label: line.label,
                base: base.map { text.cell($0[line.field], line.kind) }
                    ?? Cell([], absence: "无"),
                cells: values.map { value in
                    var cell = text.cell(value, line.kind)
                    if let base {
                        cell.mark = value == base[line.field] ? nil : "与前版不同"
                    } else {
                        cell.mark = agree ? nil : "各方不同"
                    }
                    return cell
                })
        }
    }

    // MARK: Whole changes

    private static func written(
        _ subject: ConflictSubject, _ current: StandingValues?, _ text: FieldText
    ) -> [Row] {
        let item = subject.item
        var rows: [Row] = []
        if subject.slot == .life {
            rows.append(
                Row(
                    label: "记录状态",
                    base: Cell(current?.isWithdrawn ?? false ? "已撤销" : "有效"),
                    cells: item.sides.map { side in
                        guard
                            let life = side.values.first(where: { $0.group == ReservedGroup.life })
                        else { return Cell([], absence: "未改动") }
                        var cell = Cell(life.bytes == LifeValue.alive ? "恢复有效" : "撤销")
                        cell.mark = "本方写入"
                        return cell
                    }))
        }
        let written = Set(item.sides.flatMap { $0.values.map(\.group) })
        for group in subject.type?.groups ?? [] where written.contains(group.id) {
            for line in lines(of: group.id, subject.type)
            where subject.rule == nil || subject.rule?.fields.contains(line.field) == true {
                // What is empty everywhere would bury what somebody wrote.
                let isEmpty =
                    (current?.values[line.field] ?? .null) == .null
                    && item.sides.allSatisfy {
                        $0.values.allSatisfy {
                            $0.group != group.id || GroupFields($0.bytes)[line.field] == nil
                        }
                    }
                if isEmpty { continue }
                rows.append(
                    Row(
                        label: line.label,
                        base: text.cell(current?.values[line.field], line.kind),
                        cells: item.sides.map { side in
                            guard let value = side.values.first(where: { $0.group == group.id })
                            else { return Cell([], absence: "未改动") }
                            var cell = text.cell(GroupFields(value.bytes)[line.field], line.kind)
                            cell.mark = "本方写入"
                            return cell
                        }))
            }
        }
        return rows
    }

    // MARK: Records side by side

    private static func duplicates(_ subject: ConflictSubject, _ text: FieldText) -> [Row] {
        let sides = subject.item.sides.map { side in
            side.values.filter { $0.group >= ReservedGroup.firstDeclared }
                .map { GroupFields($0.bytes) }
        }
        return (subject.type?.fields ?? []).compactMap { field in
            let values = sides.map { groups in groups.lazy.compactMap { $0[field.id] }.first }
            guard values.contains(where: { $0 != nil }) else { return nil }
            let agree = Set(values).count == 1
            return Row(
                label: field.title.chinese, base: nil,
                cells: values.map { value in
                    var cell = text.cell(value, field.kind)
                    cell.mark = agree ? nil : "各记录不同"
                    return cell
                })
        }
    }

    // MARK: Rows

    private struct Line {
        let field: FieldID
        let label: String
        let kind: FieldKind
    }

    private static func lines(of group: GroupID, _ type: RecordType?) -> [Line] {
        if group == ReservedGroup.alias, let type {
            return [
                Line(
                    field: ReservedGroup.field, label: "并入的记录", kind: .reference(to: type.name))
            ]
        }
        return (type?.group(group)?.fields ?? []).compactMap { type?.field($0) }.map {
            Line(field: $0.id, label: $0.title.chinese, kind: $0.kind)
        }
    }
}

/// The fields of one group's value.
private struct GroupFields {
    private let entries: [Value.Entry]

    init(_ bytes: [UInt8]) { entries = StateValues.fields(bytes) }

    subscript(_ field: FieldID) -> Value? {
        entries.first { $0.key == field && $0.value != .null }?.value
    }
}
