import Records
import Store
import SyncCore

/// Plain Chinese for what the model calls by codes.
extension ConflictClass {
    /// One sentence: what happened, and what the reviewer has to do.
    var explanation: String {
        switch self {
        case .sameField: "有两方或多方在互不知情的情况下，把同一组字段改成了不同的内容，需要由人裁定采用哪一个。"
        case .withdrawVsEdit: "一方撤销了这条记录，另一方在不知情的情况下又修改了它，需要裁定记录是撤销还是恢复。"
        case .parallelEdit: "两方各改了不同的字段组，系统已自动合并；因记录影响重大，请核对合并结果是否妥当。"
        case .duplicate: "两条或多条记录登记了同一个编码，很可能是同一主体，请选择保留哪一条，其余并入其中。"
        case .decisionVsDecision: "同一冲突被两方分别作出了不同的裁定，需要看过各项裁定之后再作一次裁定。"
        case .brokenRule: "各方的修改单独看都符合规定，合并之后却违反了下面的规则，请更正有关字段。"
        }
    }
}

extension ChangeKind {
    var chineseName: String {
        switch self {
        case .edit: "修改"
        case .decision: "裁定"
        case .join: "确认合并"
        case .verdict: "审查决定"
        case .void: "注销缺失变更"
        case .erasure: "依法擦除"
        }
    }
}

extension HistoryEntry.Standing {
    var chineseName: String {
        switch self {
        case .accepted: "有效"
        case .held: "被暂扣"
        case .waiting: "等待前序"
        }
    }
}

extension RecordType {
    /// Of a declared group or of one that every type has.
    func title(of group: GroupID) -> String {
        switch group {
        case ReservedGroup.life: "记录状态"
        case ReservedGroup.alias: "合并去向"
        default: self.group(group)?.title.chinese ?? "字段组 \(group)（需升级后查看）"
        }
    }
}

extension ConflictItem {
    /// What the disagreement is about.
    var topic: String {
        let type = Catalogue.type(named: type)
        return switch subject {
        case .duplicate:
            type?.naturalKey.flatMap { type?.field($0)?.title.chinese } ?? "编码"
        case .record(_, .group(let group)): type?.title(of: group) ?? "字段组 \(group)"
        case .record(_, .life): "记录状态"
        case .record(_, .parallel): "多个字段组"
        case .record(_, .rule(let number)): "规则 \(number)"
        }
    }

    var recordTitle: String {
        switch subject {
        case .duplicate(_, let key): key
        case .record(let record, _):
            RecordName.short(title, id: ShortID(record).description)
        }
    }

    var typeTitle: String {
        Catalogue.type(named: type)?.title.chinese ?? "\(type)（需升级后查看）"
    }
}
