import SyncCore

/// The declaration of one type of record. It alone yields validation, merging, the API's schema and
/// the lists: a further type is a declaration and its rules.
public struct RecordType: Sendable {
    public enum Home: Hashable, Sendable {
        /// Every node holds it.
        case province
        /// Only its county and the hub hold it.
        case county
    }

    public let name: String
    public let title: Bilingual
    /// Raised with every change of the declaration.
    public let schemaVersion: UInt32
    /// Never edited, so never in conflict: a correction is a new record that names the old one.
    public let isInsertOnly: Bool
    /// Concurrent edits of disjoint groups are merged, and listed for a person to look at.
    public let isConsequential: Bool
    public let lane: Lane
    public let home: Home
    public let fields: [Field]
    public let groups: [FieldGroup]
    /// Two live records with one natural key are a duplicate.
    public let naturalKey: FieldID?
    /// What lists show.
    public let titleField: FieldID
    public let searchFields: [FieldID]
    public let rules: [RecordRule]

    public init(
        name: String, title: Bilingual, schemaVersion: UInt32, isInsertOnly: Bool = false,
        isConsequential: Bool = false, lane: Lane, home: Home, fields: [Field],
        groups: [FieldGroup], naturalKey: FieldID? = nil, titleField: FieldID,
        searchFields: [FieldID], rules: [RecordRule] = []
    ) {
        self.name = name
        self.title = title
        self.schemaVersion = schemaVersion
        self.isInsertOnly = isInsertOnly
        self.isConsequential = isConsequential
        self.lane = lane
        self.home = home
        self.fields = fields
        self.groups = groups.sorted { $0.id < $1.id }
        self.naturalKey = naturalKey
        self.titleField = titleField
        self.searchFields = searchFields
        self.rules = rules
    }

    public var mergeRules: MergeRules { MergeRules(isConsequential: isConsequential) }

    public func field(_ id: FieldID) -> Field? { fields.first { $0.id == id } }
    public func field(named name: String) -> Field? { fields.first { $0.name == name } }
    public func group(_ id: GroupID) -> FieldGroup? { groups.first { $0.id == id } }
    public func group(named name: String) -> FieldGroup? { groups.first { $0.name == name } }

    /// The group that the field belongs to for ever.
    public func group(of field: FieldID) -> FieldGroup? {
        groups.first { $0.fields.contains(field) }
    }

    /// The groups that an edit of these fields writes, ascending by id.
    public func groups(touchedBy fields: Set<FieldID>) -> [FieldGroup] {
        groups.filter { !fields.isDisjoint(with: $0.fields) }
    }

    /// The numbers of the rules that the complete record breaks.
    public func brokenRules(_ values: [FieldID: Value]) -> [Int] {
        rules.filter { $0.isBroken(values) }.map(\.number)
    }

    /// The rules over the complete record: an edit is merged into the values shown first.
    public func check(_ values: [FieldID: Value]) -> [FieldProblem] {
        rules.filter { $0.isBroken(values) }.map { rule in
            FieldProblem(
                field: rule.fields.first.flatMap { field($0)?.name } ?? "",
                code: "rule-\(rule.number)", message: rule.text)
        }
    }

    /// The fields that have a value, by their names in the API. Fields that this version does not
    /// know are left out.
    public func json(of values: [FieldID: Value]) -> [String: JSON] {
        var object: [String: JSON] = [:]
        for field in fields {
            if let value = values[field.id], value != .null { object[field.name] = JSON(value) }
        }
        return object
    }
}

extension JSON {
    /// Bytes in lower-case hexadecimal, maps by their keys in decimal.
    public init(_ value: SyncCore.Value) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let integer): self = .integer(integer)
        case .text(let text): self = .string(text)
        case .bytes(let bytes): self = .string(bytes.hex)
        case .list(let items): self = .array(items.map { JSON($0) })
        case .map(let entries):
            self = .object(
                Dictionary(entries.map { (String($0.key), JSON($0.value)) }) { first, _ in first })
        }
    }
}
