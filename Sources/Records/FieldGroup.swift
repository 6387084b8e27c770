import SyncCore

/// Fields that make sense only together: a change writes the whole group, and two people who edit
/// one group without seeing each other are in conflict.
public struct FieldGroup: Sendable {
    public let id: GroupID
    public let name: String
    public let title: Bilingual
    /// Ascending. A field belongs to one group for ever.
    public let fields: [FieldID]
    public let inEffectWhileDisputed: ValueInEffect

    public init(
        _ id: GroupID, _ name: String, _ title: Bilingual, _ fields: [FieldID],
        inEffectWhileDisputed: ValueInEffect = .lastAgreed
    ) {
        self.id = id
        self.name = name
        self.title = title
        self.fields = fields.sorted()
        self.inEffectWhileDisputed = inEffectWhileDisputed
    }
}

/// Which value of a group counts, marked 暂定, until a person has decided.
public enum ValueInEffect: Hashable, Sendable {
    case lastAgreed
    /// Of the last agreed value and the siblings, the one that ranks highest: by the code in one
    /// field, then by the later of each further date.
    case mostRestrictive(by: FieldID, mildestFirst: [String], thenLatest: [FieldID])
}
