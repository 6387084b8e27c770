import SyncCore

/// An invariant over the fields of one record. It may look across groups, so a merge of two edits
/// that each kept it can break it: that is a conflict of the class 规则冲突.
public struct RecordRule: Sendable {
    /// From 1, never renumbered: conflicts are addressed by it.
    public let number: Int
    /// What holds, and so what to do.
    public let text: Bilingual
    /// The fields it looks at; a form shows the message at the first.
    public let fields: [FieldID]
    /// Absent and null are the same. Values may be of any shape, since a peer wrote them.
    public let isBroken: @Sendable ([FieldID: Value]) -> Bool

    public init(
        _ number: Int, _ text: Bilingual, _ fields: [FieldID],
        isBroken: @escaping @Sendable ([FieldID: Value]) -> Bool
    ) {
        self.number = number
        self.text = text
        self.fields = fields
        self.isBroken = isBroken
    }
}
