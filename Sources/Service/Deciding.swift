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
    static let reasonMissing = Problem(
        "reason-missing", .unprocessableContent, "A decision needs a reason.", "裁定必须填写理由。")
}

extension Node {
    /// Decides a conflict as it was shown. `token`: from the page; a side that came since makes
    /// the decision stale, and the conflict stays open.
    public func decide(
        _ name: String, _ choice: Choice, token: String, reason: String, by author: String
    ) throws -> Written {
        let reason = reason.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !reason.isEmpty else { throw Problem.reasonMissing }
        guard let (item, current) = try store.conflict(named: name) else {
            throw Problem.noSuchConflict
        }
        guard let type = Catalogue.type(named: item.type) else { throw Problem.choiceUnfit }
        switch item.subject {
        case .duplicate:
            guard token == current else { throw Problem.conflictMoved }
            return try merge(item, type, choice, reason: reason, by: author)
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
                edit.writes = try groupWrites(type, fields, record)
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
            guard let write = try groupWrites(type, fields, record)[group],
                let declared = type.group(group)
            else { throw Problem.choiceUnfit }
            // Which side's unknown fields should stay is for a node that knows them to say.
            let hasUnknown = item.sides.flatMap(\.values).contains { value in
                StateValues.fields(value.bytes).contains { !declared.fields.contains($0.key) }
            }
            if hasUnknown { throw Problem.needsUpgrade }
            return write
        default: throw Problem.choiceUnfit
        }
    }

    private func groupWrites(
        _ type: RecordType, _ fields: [String: JSON], _ record: Reference
    ) throws -> [GroupID: Edit.GroupWrite] {
        var (values, problems) = type.parse(fields, isNew: false)
        var merged = try store.record(record).map { StateValues.agreed($0.state) } ?? [:]
        for (field, value) in values { merged[field] = value == .null ? nil : value }
        problems += type.check(merged)
        if problems.hasErrors { throw Problem.invalid(problems) }
        var writes: [GroupID: Edit.GroupWrite] = [:]
        for group in type.groups(touchedBy: Set(values.keys)) {
            writes[group.id] = .fields(values.filter { group.fields.contains($0.key) })
        }
        return writes
    }

    /// Every other side becomes an alias of one record. Undone by clearing the alias.
    private func merge(
        _ item: ConflictItem, _ type: RecordType, _ choice: Choice, reason: String,
        by author: String
    ) throws -> Written {
        guard case .mergeInto(let name) = choice, let target = ShortID(name),
            item.sides.contains(where: { ShortID($0.reference) == target })
        else { throw Problem.choiceUnfit }
        for side in item.sides where ShortID(side.reference) != target {
            guard let record = try store.record(side.reference) else { continue }
            _ = try write(
                Edit(
                    target: .existing(side.reference), kind: .decision,
                    basis: .token(record.token),
                    writes: [ReservedGroup.alias: .verbatim(Alias.value(target))], author: author,
                    reason: reason, schemaVersion: type.schemaVersion), warnings: [])
        }
        // A side that was merged before and closed a circle stands for itself again.
        guard var kept = try store.record(target) else { throw Problem.noSuchRecord }
        if Alias.target(of: kept.state) != nil {
            kept = try write(
                Edit(
                    target: .existing(kept.state.record), kind: .decision,
                    basis: .token(kept.token),
                    writes: [ReservedGroup.alias: .verbatim(Alias.value(nil))], author: author,
                    reason: reason, schemaVersion: type.schemaVersion), warnings: []
            ).record
        }
        return Written(record: kept, change: nil, warnings: [])
    }
}

extension Problem {
    static let conflictMoved = Problem(
        "stale", .preconditionFailed,
        "The conflict changed since it was shown: read it again before deciding.",
        "冲突在打开后已有变化：请重新查看后再裁定。")
}
