import Hummingbird
import Records
import Service
import Store
import SyncCore

/// One record: its values in effect, what is disputed, and every change.
struct RecordPage {
    struct Group {
        let title: String
        let isProvisional: Bool
        let conflict: String?
        let rows: [Row]
    }

    struct Row {
        let label: String
        let cell: Cell
    }

    struct Conflict {
        let title: String
        let address: String
    }

    struct Change {
        let id: String
        let kind: String
        let origin: Origin
        let reason: String?
        let written: [String]
        let standing: String
        let isAccepted: Bool
    }

    let title: String
    let typeTitle: String
    let id: String
    let wasDecided: Bool
    let isWithdrawn: Bool
    let mergedInto: Cell?
    let needsUpgrade: Bool
    let hasConflicts: Bool
    let conflicts: [Conflict]
    let groups: [Group]
    let history: [Change]
}

extension RecordPage {
    init(_ record: StoredRecord, wasDecided: Bool, at node: Node) throws {
        let state = record.state
        let type = Catalogue.type(named: state.type)
        let standing = try type.map { try StandingValues(record, $0, at: node) }
        let text = FieldText(node: node)
        id = record.id.description
        title = RecordName.short(Titles.title(of: state), id: record.id.description)
        typeTitle = type?.title.chinese ?? state.type
        self.wasDecided = wasDecided
        isWithdrawn = standing?.isWithdrawn ?? false
        mergedInto = Alias.target(of: state).map {
            text.cell(.text($0.description), .reference(to: state.type))
        }
        needsUpgrade = type == nil
        hasConflicts = !state.conflicts.isEmpty
        conflicts = state.conflicts.map { open in
            let topic =
                switch open.slot {
                case .group(let group): type?.title(of: group) ?? "字段组 \(group)"
                case .life: "记录状态"
                case .parallel: "多个字段组"
                case .rule(let number): "规则 \(number)"
                }
            return Conflict(
                title: "\(open.kind.chineseName)：\(topic)",
                address: Address.conflict("\(record.id).\(open.slot.name)"))
        }
        groups = (type?.groups ?? []).map { group in
            let isDisputed = state.group(group.id)?.isDisputed ?? false
            return Group(
                title: group.title.chinese,
                isProvisional: standing?.provisional.contains(group.id) ?? false,
                conflict: isDisputed
                    ? Address.conflict("\(record.id).\(ConflictSlot.group(group.id).name)") : nil,
                rows: group.fields.compactMap { type?.field($0) }.map { field in
                    Row(
                        label: field.title.chinese,
                        cell: text.cell(standing?.values[field.id], field.kind))
                })
        }
        history = (try node.store.history(record.id) ?? []).latestFirst.map { entry in
            Change(entry, of: record, type, at: node)
        }
    }
}

extension RecordPage.Change {
    fileprivate init(
        _ entry: HistoryEntry, of record: StoredRecord, _ type: RecordType?, at node: Node
    ) {
        let side = entry.side
        id = side.id
        kind = side.reference == record.state.record ? "新建" : side.kind.chineseName
        origin = Origin(
            side.reference, author: side.author, claimedTime: side.claimedTime, at: node)
        reason = side.reason
        written = side.values.map { value in
            switch value.group {
            case ReservedGroup.life: value.bytes == LifeValue.alive ? "恢复记录" : "撤销记录"
            default: type?.title(of: value.group) ?? "字段组 \(value.group)"
            }
        }
        standing = entry.standing.chineseName
        isAccepted = entry.standing == .accepted
    }
}

extension [HistoryEntry] {
    /// A change stands above all that its author had seen, whatever the clocks say; they only
    /// order what happened side by side.
    fileprivate var latestFirst: [HistoryEntry] {
        var depths: [Reference: Int] = [:]
        let parents = Dictionary(map { ($0.side.reference, $0.parents) }) { first, _ in first }
        var pending = map(\.side.reference)
        while let next = pending.last {
            let above = (parents[next] ?? []).filter { parents[$0] != nil }
            let unknown = above.filter { depths[$0] == nil }
            if depths[next] == nil, !unknown.isEmpty {
                pending += unknown
                continue
            }
            depths[next] = 1 + (above.compactMap { depths[$0] }.max() ?? 0)
            pending.removeLast()
        }
        return sorted { a, b in
            let (left, right) = (depths[a.side.reference] ?? 0, depths[b.side.reference] ?? 0)
            return (left, a.side.claimedTime) > (right, b.side.claimedTime)
        }
    }
}

extension ReviewSite {
    func showRecord(_ request: Request, _ context: APIContext) async throws -> Response {
        let type = try context.part("type")
        let id = try context.part("id")
        let wasDecided = request.filter("decided") != nil
        let page = try await offload { [node] () throws -> RecordPage in
            guard let id = ShortID(id), let record = try node.store.record(id),
                record.state.type == type
            else { throw PageProblem.noSuchRecord }
            return try RecordPage(record, wasDecided: wasDecided, at: node)
        }
        return .page(templates.page("record", page, title: page.title, at: node))
    }
}
