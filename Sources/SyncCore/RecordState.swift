/// A value of a group that no accepted change replaced.
public struct Sibling: Hashable, Sendable {
    public let reference: Reference
    public let value: [UInt8]

    public init(reference: Reference, value: [UInt8]) {
        self.reference = reference
        self.value = value
    }
}

/// The value on which all sides of a disputed group still agreed.
public enum LastAgreed: Hashable, Sendable {
    /// Every group starts from here.
    case unset
    case value(Reference)
}

public struct GroupState: Hashable, Sendable {
    public let group: GroupID
    /// Ascending by reference, never empty. One, or several equal ones: agreed.
    public let siblings: [Sibling]
    /// Only while disputed.
    public let lastAgreed: LastAgreed?

    public init(group: GroupID, siblings: [Sibling], lastAgreed: LastAgreed? = nil) {
        self.group = group
        self.siblings = siblings
        self.lastAgreed = lastAgreed
    }

    public var isDisputed: Bool { lastAgreed != nil }
    /// Nil while disputed.
    public var agreedValue: [UInt8]? { isDisputed ? nil : siblings[0].value }
}

/// The verdicts on one change that no later verdict replaced.
public struct StandingVerdicts: Hashable, Sendable {
    public let target: Reference
    public let verdicts: [Reference]
    public let isHeld: Bool

    public init(target: Reference, verdicts: [Reference], isHeld: Bool) {
        self.target = target
        self.verdicts = verdicts
        self.isHeld = isHeld
    }
}

/// What a set of changes says about one record: a pure function of the set, never of the order
/// in which the changes arrived.
public struct RecordState: Hashable, Sendable {
    public let record: Reference
    /// Empty while the creation is not stored.
    public let type: String
    /// The creation is stored, takes part, and is not held.
    public let isVisible: Bool
    /// Ascending by group.
    public let groups: [GroupState]
    /// Accepted changes not reachable through parents from another accepted one. Ascending.
    public let heads: [Reference]
    /// Ascending by target.
    public let verdicts: [StandingVerdicts]
    /// Stored, but not everything they reference is. Ascending.
    public let waiting: [Reference]
    /// What they wait for. Ascending.
    public let wanted: [Reference]
    /// Ascending by slot.
    public let conflicts: [OpenConflict]

    public init(
        record: Reference, type: String, isVisible: Bool, groups: [GroupState], heads: [Reference],
        verdicts: [StandingVerdicts], waiting: [Reference], wanted: [Reference],
        conflicts: [OpenConflict]
    ) {
        self.record = record
        self.type = type
        self.isVisible = isVisible
        self.groups = groups
        self.heads = heads
        self.verdicts = verdicts
        self.waiting = waiting
        self.wanted = wanted
        self.conflicts = conflicts
    }

    public func group(_ id: GroupID) -> GroupState? { groups.first { $0.group == id } }

    public var held: [Reference] { verdicts.filter(\.isHeld).map(\.target) }

    /// The same state with conflicts that need more than the changes to be seen.
    public func adding(_ more: [OpenConflict]) -> RecordState {
        RecordState(
            record: record, type: type, isVisible: isVisible, groups: groups, heads: heads,
            verdicts: verdicts, waiting: waiting, wanted: wanted,
            conflicts: (conflicts + more).sorted { $0.slot < $1.slot })
    }

    /// A record of one change: everything follows from it.
    public static func created(_ change: StoryChange) -> RecordState {
        RecordState(
            record: change.reference, type: change.creates ?? "", isVisible: true,
            groups: change.values.map {
                GroupState(
                    group: $0.group,
                    siblings: [Sibling(reference: change.reference, value: $0.bytes)])
            },
            heads: [change.reference], verdicts: [], waiting: [], wanted: [], conflicts: [])
    }
}
