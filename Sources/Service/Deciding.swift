import Foundation
import HTTPTypes
import Records
import Store
import SyncCore
import WireFormat

/// What a reviewer decides about a conflict. Always an ordinary change that names what it saw.
public enum Choice: Sendable {
    /// One side's value, byte for byte.
    case take(change: String)
    /// Back to the last agreed value.
    case takeBase
    case values([String: JSON])
    case withdrawn(Bool)
    /// Looked at, fine as merged.
    case accept
    case mergeInto(record: String)

    /// `{"take": id | "base"}`, `{"values": {…}}`, `{"life": "withdrawn" | "alive"}`,
    /// `{"accept": true}` or `{"mergeInto": id}`.
    public init(_ body: [String: JSON]) throws {
        let known = ["take", "values", "life", "accept", "mergeInto"].filter { body[$0] != nil }
        guard known.count == 1 else { throw Problem.choiceUnclear }
        if let take = body["take"]?.string {
            self = take == "base" ? .takeBase : .take(change: take)
        } else if let values = body["values"]?.object {
            self = .values(values)
        } else if let life = body["life"]?.string, life == "withdrawn" || life == "alive" {
            self = .withdrawn(life == "withdrawn")
        } else if body["accept"]?.bool == true {
            self = .accept
        } else if let record = body["mergeInto"]?.string {
            self = .mergeInto(record: record)
        } else {
            throw Problem.choiceUnclear
        }
    }
}

extension Problem {
    static let choiceUnclear = Problem(
        "choice-unclear", .unprocessableContent,
        "Choose one: take (a change or \"base\"), values, life, accept, or mergeInto.",
        "请选择一种裁定方式：采用某一方（take）、填写新值（values）、life、accept 或 mergeInto。")
    static let choiceUnfit = Problem(
        "choice-unfit", .unprocessableContent, "This choice does not fit this class of conflict.",
        "该裁定方式不适用于此类冲突。")
    static let needsUpgrade = Problem(
        "needs-upgrade", .conflict,
        "A side holds fields of a newer version: take a side as it is, or decide on an upgraded "
            + "node.",
        "某一方含有新版本字段：请整体采用某一方，或在升级后的节点裁定。")
    static let typeNeedsUpgrade = Problem(
        "needs-upgrade", .conflict,
        "Records of this type came from a newer version: they are kept and passed on here, and "
            + "changed on an upgraded node.",
        "此类记录来自更高版本：本节点保存并转发，需升级后查看和修改。")
    static let reasonMissing = Problem(
        "reason-missing", .unprocessableContent, "A decision needs a reason.", "裁定必须填写理由。")
}

extension Node {
    /// Decides a conflict as it was shown. `token`: from the page; a side that came since makes
    /// the decision stale, and the conflict stays open.
    public func decide(
        _ name: String, _ choice: Choice, token: String, reason: String, by author: String
    ) throws -> Written {
        guard let reason = try checked(reason: reason) else { throw Problem.reasonMissing }
        guard let (item, _) = try store.conflict(named: name) else { throw Problem.noSuchConflict }
        guard let type = Catalogue.type(named: item.type) else { throw Problem.typeNeedsUpgrade }
        if type.name == RegisteredNode.type.name, !isHub { throw Problem.hubOnly }
        switch item.subject {
        case .duplicate:
            return try merge(item, type, choice, token: token, reason: reason, by: author)
        case .record(let record, let slot):
            var edit = Edit(
                target: .existing(record), kind: .decision,
                basis: .conflict(slot: slot, token: token), writes: [:], author: author,
                reason: reason, schemaVersion: type.schemaVersion)
            switch (slot, choice) {
            case (.group(let group), _):
                edit.writes[group] = try value(of: group, item, type, choice, record)
            case (.life, .withdrawn(let isWithdrawn)):
                edit.writes[ReservedGroup.life] = .verbatim(
                    isWithdrawn ? LifeValue.withdrawn : LifeValue.alive)
            case (.parallel, .accept):
                edit.kind = .join
            case (.parallel, .values(let fields)), (.rule, .values(let fields)):
                guard let stored = try store.record(record) else { throw Problem.noSuchRecord }
                edit.writes = try check(type, fields, over: stored, allowsDuplicate: true).writes
            default: throw Problem.choiceUnfit
            }
            return try write(edit, warnings: [])
        }
    }

    /// The whole value of the disputed group.
    private func value(
        of group: GroupID, _ item: ConflictItem, _ type: RecordType, _ choice: Choice,
        _ record: Reference
    ) throws -> Edit.GroupWrite {
        switch choice {
        case .take(let change):
            guard
                let side = item.sides.first(where: { ShortID($0.reference).description == change }),
                let value = side.values.first(where: { $0.group == group })
            else { throw Problem.choiceUnfit }
            return .verbatim(value.bytes)
        case .takeBase:
            guard let base = item.base else { throw Problem.choiceUnfit }
            return .verbatim(base.bytes)
        case .values(let fields):
            return .verbatim(try combined(group, item, type, fields, record))
        default: throw Problem.choiceUnfit
        }
    }

    /// The fields that the reviewer names, over those in which all sides agree. Where they differ
    /// somebody has to say what it shall be: leaving a field out must not clear it.
    private func combined(
        _ group: GroupID, _ item: ConflictItem, _ type: RecordType, _ fields: [String: JSON],
        _ record: Reference
    ) throws -> [UInt8] {
        guard let stored = try store.record(record), let declared = type.group(group) else {
            throw Problem.choiceUnfit
        }
        let named = try check(type, fields, over: stored, allowsDuplicate: true).values
        guard named.keys.allSatisfy(declared.fields.contains) else { throw Problem.choiceUnfit }
        let sides = item.sides.map { side in
            StateValues.fields(side.values.first { $0.group == group }?.bytes ?? [])
        }
        // Which side's unknown fields should stay is for a node that knows them to say.
        if sides.joined().contains(where: { !declared.fields.contains($0.key) }) {
            throw Problem.needsUpgrade
        }
        var entries: [Value.Entry] = []
        var open: [FieldProblem] = []
        for field in declared.fields {
            let values = Set(sides.map { side in side.first { $0.key == field }?.value ?? .null })
            if let value = named[field] ?? (values.count == 1 ? values.first : nil) {
                if value != .null { entries.append(Value.Entry(field, value)) }
            } else if let field = type.field(field) {
                open.append(
                    FieldProblem(
                        field: field.name, code: "sides-differ",
                        message: Bilingual(
                            "各方不同，请写明取值，或明确清空", "The sides differ here: say its value, or null")))
            }
        }
        if !open.isEmpty { throw Problem.invalid(open) }
        return ValueCodec.encode(group: entries)
    }

    /// Every other side becomes an alias of one record, all in one transaction. Undone by clearing
    /// the alias.
    private func merge(
        _ item: ConflictItem, _ type: RecordType, _ choice: Choice, token: String, reason: String,
        by author: String
    ) throws -> Written {
        guard case .mergeInto(let name) = choice, let target = ShortID(name),
            item.sides.contains(where: { ShortID($0.reference) == target })
        else { throw Problem.choiceUnfit }
        // Read before the token is checked: what changes after is caught by the write itself.
        let records = try item.sides.compactMap { try store.record($0.reference) }
        guard let now = try store.conflict(named: item.name), now.token == token else {
            throw Problem.conflictMoved
        }
        var edits: [Edit] = []
        for record in records {
            // A side that was merged before and closed a circle stands for itself again.
            let alias = record.id == target ? nil : target
            if alias == nil, Alias.target(of: record.state) == nil { continue }
            edits.append(
                Edit(
                    target: .existing(record.state.record), kind: .decision,
                    basis: .group(ReservedGroup.alias, token: record.token),
                    writes: [ReservedGroup.alias: .verbatim(Alias.value(alias))], author: author,
                    reason: reason, schemaVersion: type.schemaVersion))
        }
        try refuseBelowFloor()
        let appended = try store.append(edits)
        changed(Set(records.map(\.state.record.log.scope)))
        guard let kept = try store.record(target) else { throw Problem.noSuchRecord }
        return Written(record: kept, change: appended.last?.change, warnings: [])
    }
}

extension Problem {
    static let conflictMoved = Problem(
        "stale", .preconditionFailed,
        "The conflict changed since it was shown: read it again before deciding.",
        "冲突在打开后已有变化：请重新查看后再裁定。")
}
