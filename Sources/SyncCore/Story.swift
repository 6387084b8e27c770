/// One change of a record, reduced to what merging needs.
public struct StoryChange: Sendable {
    public let reference: Reference
    public let kind: ChangeKind
    public let parents: [Reference]
    public let groups: [GroupEdit]
    /// One for each group, ascending.
    public let values: [GroupValue]
    public let target: Reference?
    /// For a verdict: hold or release.
    public let holds: Bool
    /// Written by the hub whose key is pinned: only then do verdicts and voids count.
    public let isAuthoritative: Bool
    /// The type, if this change creates the record.
    public let creates: String?

    public init(
        reference: Reference, kind: ChangeKind, parents: [Reference] = [], groups: [GroupEdit] = [],
        values: [GroupValue] = [], target: Reference? = nil, holds: Bool = false,
        isAuthoritative: Bool = false, creates: String? = nil
    ) {
        self.reference = reference
        self.kind = kind
        self.parents = parents.sorted()
        self.groups = groups.sorted { $0.group < $1.group }
        self.values = values.sorted { $0.group < $1.group }
        self.target = target
        self.holds = holds
        self.isAuthoritative = isAuthoritative
        self.creates = creates
    }

    public func value(of group: GroupID) -> [UInt8] {
        values.first { $0.group == group }?.bytes ?? []
    }
}

/// Every stored change of one record. All references of a record's changes lie in the record,
/// so its state depends on nothing else.
public struct Story: Sendable {
    public let record: Reference
    public let changes: [StoryChange]

    /// The order of the changes does not matter; a change given twice counts once.
    public init(record: Reference, changes: [StoryChange]) {
        self.record = record
        var seen: Set<Reference> = []
        self.changes = changes.filter { seen.insert($0.reference).inserted }
            .sorted { $0.reference < $1.reference }
    }
}
