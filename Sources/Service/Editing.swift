import Foundation
import HTTPTypes
import Records
import Store
import SyncCore

/// What people do to records: parse, validate, append. Step 2 of an edit's way.
extension Node {
    /// An accepted write, with what was odd about it but not wrong.
    public struct Written: Sendable {
        public let record: StoredRecord
        public let change: Reference?
        public let warnings: [FieldProblem]
    }

    public func create(
        _ type: RecordType, _ fields: [String: JSON], allowsDuplicate: Bool, by author: String
    ) throws -> Written {
        if type.name == RegisteredNode.type.name { try refuseUnfitNode(fields) }
        let scope = try scope(of: type)
        let checked = try check(type, fields, over: nil, allowsDuplicate: allowsDuplicate)
        return try write(
            Edit(
                target: .new(type: type.name, scope: scope, lane: type.lane), basis: .nothing,
                writes: checked.writes, author: author, schemaVersion: type.schemaVersion),
            warnings: checked.warnings)
    }

    public func edit(
        _ type: RecordType, _ id: ShortID, _ fields: [String: JSON], token: String, keepBoth: Bool,
        allowsDuplicate: Bool = false, reason: String?, by author: String
    ) throws -> Written {
        if type.isInsertOnly { throw Problem.insertOnly }
        if type.name == RegisteredNode.type.name { try refuseUnfitNode(fields) }
        let reason = try checked(reason: reason)
        let record = try existing(type, id)
        let checked = try check(type, fields, over: record, allowsDuplicate: allowsDuplicate)
        return try write(
            Edit(
                target: .existing(record.state.record),
                basis: keepBoth ? .keepBoth(token: token) : .token(token),
                writes: checked.writes, author: author, reason: reason,
                schemaVersion: type.schemaVersion), warnings: checked.warnings)
    }

    /// Nothing is deleted: a record's life ends, and may begin again.
    public func setWithdrawn(
        _ type: RecordType, _ id: ShortID, _ isWithdrawn: Bool, token: String, reason: String,
        by author: String
    ) throws -> Written {
        if type.isInsertOnly { throw Problem.insertOnly }
        if type.name == RegisteredNode.type.name, !isHub { throw Problem.hubOnly }
        guard let reason = try checked(reason: reason) else { throw Problem.reasonMissing }
        let record = try existing(type, id)
        return try write(
            Edit(
                target: .existing(record.state.record), basis: .token(token),
                writes: [
                    ReservedGroup.life: .verbatim(
                        isWithdrawn ? LifeValue.withdrawn : LifeValue.alive)
                ],
                author: author, reason: reason, schemaVersion: type.schemaVersion), warnings: [])
    }

    // MARK: Parts

    func write(_ edit: Edit, warnings: [FieldProblem]) throws -> Written {
        try refuseBelowFloor()
        let appended: Appended
        do { appended = try store.append(edit) } catch StoreError.outcomeUnknown(let why) {
            // It may be stored all the same, and then others wait for it.
            changed([edit.target.scope])
            throw StoreError.outcomeUnknown(why)
        }
        if appended.change != nil { changed([appended.record.state.record.log.scope]) }
        return Written(record: appended.record, change: appended.change, warnings: warnings)
    }

    /// Nil for an empty one.
    func checked(reason text: String?) throws -> String? {
        let (reason, problems) = Reason.read(text ?? "")
        if problems.hasErrors { throw Problem.invalid(problems) }
        return reason
    }

    func refuseBelowFloor() throws {
        if diskFloor.isBelow { throw Problem.diskFloor }
    }

    func existing(_ type: RecordType, _ id: ShortID) throws -> StoredRecord {
        try existing(type.name, id)
    }

    func existing(_ type: String, _ id: ShortID) throws -> StoredRecord {
        guard let record = try store.record(id), record.state.type == type else {
            throw Problem.noSuchRecord
        }
        return record
    }

    private func scope(of type: RecordType) throws -> Scope {
        switch type.home {
        case .province: return .province
        case .county:
            guard !isHub, let scope = Scope("county/\(identity.division)") else {
                throw Problem(
                    "county-only", .forbidden, "Records of this type are written in a county.",
                    "此类记录只能在县级节点填写。")
            }
            return scope
        }
    }

    /// Fields as they came, parsed and checked against the record as it would stand, by group.
    struct Checked {
        let writes: [GroupID: Edit.GroupWrite]
        let values: [FieldID: Value]
        let warnings: [FieldProblem]
    }

    /// `record`: nil for a new one.
    func check(
        _ type: RecordType, _ fields: [String: JSON], over record: StoredRecord?,
        allowsDuplicate: Bool
    ) throws -> Checked {
        var (values, problems) = type.parse(fields, isNew: record == nil)
        var merged = try record.map { try valuesInEffect($0, type).values } ?? [:]
        for (field, value) in values { merged[field] = value == .null ? nil : value }
        problems += type.check(merged)
        if problems.hasErrors { throw Problem.invalid(problems) }
        if !allowsDuplicate { try refuseDuplicate(type, values, except: record?.state.record) }
        var writes: [GroupID: Edit.GroupWrite] = [:]
        for group in type.groups(touchedBy: Set(values.keys)) {
            writes[group.id] = .fields(values.filter { group.fields.contains($0.key) })
        }
        return Checked(
            writes: writes, values: values,
            warnings: problems + (try unknownReferences(type, values)))
    }

    /// Two records with one natural key are a merge task, never made silently.
    private func refuseDuplicate(
        _ type: RecordType, _ values: [FieldID: Value], except record: Reference?
    ) throws {
        guard let field = type.naturalKey, case .text(let key) = values[field] else { return }
        let found = try store.records(ofType: type, naturalKey: key)
            .filter { $0.state.record != record }
        guard !found.isEmpty else { return }
        throw Problem(
            "duplicate", .conflict,
            "\(key) is registered already; edit that record, or send ?duplicate=allow to open a "
                + "merge task.",
            "\(key) 已登记：请修改原记录；确需另立请加 ?duplicate=allow，将作为重复主体待合并。",
            members: ["records": .array(found.map { .string($0.id.description) })])
    }

    /// A soft link may point to what this node does not hold; a slip of the keyboard should show.
    private func unknownReferences(
        _ type: RecordType, _ values: [FieldID: Value]
    ) throws -> [FieldProblem] {
        try type.fields.compactMap { field in
            guard case .reference = field.kind, case .text(let text) = values[field.id],
                let id = ShortID(text), try store.record(id) == nil
            else { return nil }
            return FieldProblem(
                field: field.name, code: "reference-unknown", severity: .warning,
                message: Bilingual("本节点没有该记录，请核对编号", "No such record is stored here; check the id"))
        }
    }

    /// A registration decides whose signatures count.
    private func refuseUnfitNode(_ fields: [String: JSON]) throws {
        guard isHub else { throw Problem.hubOnly }
        let ownKey = Data(identity.key.publicKey.bytes).base64EncodedString()
        let isOwn =
            fields["node"]?.string == identity.node.name || fields["publicKey"]?.string == ownKey
        if isOwn { throw Problem.ownRegistration }
        let counties = (fields["scopes"]?.array ?? []).compactMap(\.string)
            .filter { $0.hasPrefix("county/") }.map { $0.dropFirst("county/".count) }
        for county in counties
        where !Divisions.isKnown(String(county)) || county.prefix(2) != identity.division.prefix(2)
        {
            throw Problem.foreignCounty
        }
    }
}
