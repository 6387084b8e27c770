import Records
import Store
import SyncCore

/// A conflict together with its record type: what may be chosen, and which fields it is about.
struct ConflictSubject {
    struct Choice {
        /// Of the radio button.
        let value: String
        let title: String
        var detail: String?
    }

    let item: ConflictItem
    let type: RecordType?

    init(_ item: ConflictItem) {
        self.item = item
        type = Catalogue.type(named: item.type)
    }

    /// Nil for a duplicate.
    var slot: ConflictSlot? {
        if case .record(_, let slot) = item.subject { slot } else { nil }
    }

    var record: Reference? {
        if case .record(let record, _) = item.subject { record } else { nil }
    }

    var group: FieldGroup? {
        if case .group(let group) = slot { type?.group(group) } else { nil }
    }

    var rule: RecordRule? {
        guard case .rule(let number) = slot else { return nil }
        return type?.rules.first { $0.number == number }
    }

    /// Those that a decision may give another value.
    var decidableFields: [Field] {
        let ids = group?.fields ?? rule?.fields ?? []
        return type?.fields.filter { ids.contains($0.id) } ?? []
    }

    var question: String {
        switch slot {
        case .group: "采用哪一个内容？"
        case .life: "这条记录应当如何处理？"
        case .parallel: "合并结果是否妥当？"
        case .rule: "请更正下列字段，使其符合规则"
        case nil: "保留哪一条记录？"
        }
    }

    /// Empty when there is one way only: to enter values.
    var choices: [Choice] {
        switch slot {
        case .group:
            var choices = sides("take", "采用", "的内容")
            if item.base != nil {
                choices.append(
                    Choice(value: "base", title: "恢复共同前版", detail: "各方的修改都不采用。"))
            }
            if group != nil {
                choices.append(
                    Choice(value: "values", title: "另填新值", detail: "选择此项后，以下面填写的内容为准。"))
            }
            return choices
        case .life:
            return [
                Choice(value: "life:withdrawn", title: "保持撤销", detail: "记录不再有效，历史仍完整保留。"),
                Choice(value: "life:alive", title: "恢复记录", detail: "记录继续有效，并包含各方的修改。"),
            ]
        case .parallel:
            return [
                Choice(
                    value: "accept", title: "已核对，合并结果无误", detail: "以表中“当前值”一栏为准。")
            ]
        case .rule: return []
        case nil: return sides("merge", "保留", "的记录")
        }
    }

    private func sides(_ word: String, _ verb: String, _ noun: String) -> [Choice] {
        item.sides.enumerated().map { index, side in
            let origin = side.reference.log.node
            return Choice(
                value: "\(word):\(side.id)", title: "\(verb)\(SideMark.text(index))方\(noun)",
                detail: "\(Origin.office(of: origin))（\(origin.name)）")
        }
    }
}

/// A side's name in tables and forms: the same on every node, since sides are in one order.
enum SideMark {
    private static let marks = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"]

    static func text(_ index: Int) -> String {
        index < marks.count ? marks[index] : "第 \(index + 1) "
    }
}
