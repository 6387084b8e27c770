import Foundation
import Records
import Store
import SyncCore

/// Records and conflicts as JSON: what the API answers and what the pages show.
extension Node {
    func view(of page: Page<StoredRecord>) throws -> JSON {
        var object: [String: JSON] = [
            "records": .array(try page.elements.map { try view(of: $0) })
        ]
        if let next = page.next { object["next"] = .string(next) }
        return .object(object)
    }

    /// A record as it stands, disputed groups with their value in effect marked as provisional.
    public func view(of record: StoredRecord) throws -> JSON {
        let state = record.state
        var object: [String: JSON] = [
            "id": .string(record.id.description), "type": .string(state.type),
            "created": Self.view(of: record.created), "token": .string(record.token),
            "withdrawn": .bool(isWithdrawn(state)),
        ]
        if let target = Alias.target(of: state) {
            object["mergedInto"] = .string(target.description)
            // Through every merge that followed.
            object["standsAs"] = .string(try store.resolvingAlias(record).id.description)
        }
        if !state.conflicts.isEmpty {
            object["conflicts"] = .array(
                state.conflicts.map { .string("\(record.id).\($0.slot.name)") })
        }
        if !state.held.isEmpty { object["held"] = .array(state.held.map(Self.id)) }
        if !state.waiting.isEmpty { object["waiting"] = .array(state.waiting.map(Self.id)) }
        guard let type = Catalogue.type(named: state.type) else {
            // A type of a newer version: kept and relayed, shown once this node is upgraded.
            object["needsUpgrade"] = true
            object["notice"] = "Of a newer version: kept and passed on, shown after an upgrade."
            object["notice_zh"] = "需升级后查看：该类型属于更高版本，本节点已保存并照常转发。"
            return .object(object)
        }
        let (values, provisional) = try valuesInEffect(record, type)
        object["values"] = .object(type.json(of: values))
        if !provisional.isEmpty {
            object["provisional"] = .array(provisional.map { .string($0.name) })
        }
        return .object(object)
    }

    /// Agreed values, and for disputed groups the value in effect while nobody has decided.
    public func valuesInEffect(
        _ record: StoredRecord, _ type: RecordType
    ) throws -> (values: [FieldID: Value], provisional: [FieldGroup]) {
        var values = StateValues.agreed(record.state)
        var provisional: [FieldGroup] = []
        for state in record.state.groups where state.isDisputed {
            guard let group = type.group(state.group) else { continue }
            provisional.append(group)
            let name = "\(record.id).\(ConflictSlot.group(state.group).name)"
            let base = try store.conflict(named: name)?.item.base
            let effective = group.valueInEffect(
                lastAgreed: base.map { StateValues.fields($0.bytes) },
                siblings: state.siblings.map { StateValues.fields($0.value) })
            for entry in effective ?? [] { values[entry.key] = entry.value }
        }
        return (values, provisional)
    }

    func isWithdrawn(_ state: RecordState) -> Bool {
        state.group(ReservedGroup.life)?.siblings.allSatisfy { $0.value == LifeValue.withdrawn }
            ?? false
    }

    static func id(_ reference: Reference) -> JSON { .string(ShortID(reference).description) }

    static func view(of change: ChangeInfo) -> JSON {
        var object = origin(change.reference, author: change.author, at: change.claimedTime)
        object["reason"] = change.reason.map { .string($0) }
        return .object(object)
    }

    /// Who, where and when. The time is the author's own claim.
    private static func origin(
        _ reference: Reference, author: String, at time: Int64
    ) -> [String: JSON] {
        let node = reference.log.node.name
        var object: [String: JSON] = [
            "change": id(reference), "node": .string(node), "by": .string(author),
            "authenticated": false, "claimedAt": .string(BeijingTime.iso(milliseconds: time)),
        ]
        if let office = Divisions.fullName(of: String(node.prefix(6))) {
            object["office"] = .string(office)
        }
        return object
    }

    // MARK: Conflicts

    public func view(of item: ConflictItem, token: String? = nil) -> JSON {
        let type = Catalogue.type(named: item.type)
        var object: [String: JSON] = [
            "name": .string(item.name), "class": .string(item.kind.name),
            "className": .string(item.kind.chineseName), "type": .string(item.type),
            "title": .string(item.title),
            "sides": .array(item.sides.map { view(of: $0, type) }),
        ]
        switch item.subject {
        case .record(let record, let slot):
            object["record"] = Self.id(record)
            object["slot"] = .string(slot.name)
            if case .group(let id) = slot, let group = type?.group(id) {
                object["group"] = .string(group.name)
                object["groupTitle"] = .string(group.title.chinese)
            }
        case .duplicate(_, let key): object["key"] = .string(key)
        }
        if let base = item.base { object["base"] = Self.json(of: [base], type) }
        if let token { object["token"] = .string(token) }
        return .object(object)
    }

    public func view(of side: ConflictSide, _ type: RecordType?) -> JSON {
        var object = Self.origin(side.reference, author: side.author, at: side.claimedTime)
        object["kind"] = .string(side.kind.name)
        object["reason"] = side.reason.map { .string($0) }
        object["values"] = Self.json(of: side.values, type)
        if let life = side.values.first(where: { $0.group == ReservedGroup.life }) {
            object["life"] = .string(life.bytes == LifeValue.alive ? "alive" : "withdrawn")
        }
        return .object(object)
    }

    static func json(of groups: [GroupValue], _ type: RecordType?) -> JSON {
        var values: [FieldID: Value] = [:]
        for group in groups where group.group >= ReservedGroup.firstDeclared {
            for entry in StateValues.fields(group.bytes) { values[entry.key] = entry.value }
        }
        return .object(type?.json(of: values) ?? [:])
    }

    // MARK: History

    func view(of entry: HistoryEntry, _ type: RecordType?) -> JSON {
        guard case .object(var object) = view(of: entry.side, type) else { return .null }
        object["standing"] = .string(entry.standing.rawValue)
        object["parents"] = .array(entry.parents.map(Self.id))
        object["replaces"] = .array(
            Set(entry.replaces.flatMap(\.replaces)).sorted().map(Self.id))
        if let target = entry.target { object["target"] = Self.id(target) }
        return .object(object)
    }
}

extension ChangeKind {
    public var name: String {
        switch self {
        case .edit: "edit"
        case .decision: "decision"
        case .join: "join"
        case .verdict: "verdict"
        case .void: "void"
        case .erasure: "erasure"
        }
    }
}
