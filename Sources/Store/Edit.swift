import SyncCore

/// A validated wish to change something: what `append` turns into a change.
public struct Edit: Sendable {
    public enum Target: Sendable {
        case new(type: String, scope: Scope, lane: Lane)
        case existing(Reference)

        public var scope: Scope {
            switch self {
            case .new(_, let scope, _): scope
            case .existing(let record): record.log.scope
            }
        }
    }

    /// The new whole value of one group.
    public enum GroupWrite: Sendable {
        /// These fields over the single value shown; fields unknown here stay as they were. A
        /// null takes a field away.
        case fields([FieldID: Value])
        /// A side of a conflict, byte for byte.
        case verbatim([UInt8])
    }

    public enum Basis: Sendable {
        /// The token of the form. If the record moved on, the edit is refused with the new state.
        case token(String)
        /// The token of the form, whatever came since: the edit is concurrent with that.
        case keepBoth(token: String)
        /// No form: replaces nothing. For new records and imports.
        case nothing
        /// The token of the form, for a decision about this group alone: other conflicts of the
        /// record stay open.
        case group(GroupID, token: String)
        /// The token of a conflict page: only the group in question must stand as shown.
        case conflict(slot: ConflictSlot, token: String)
    }

    public var target: Target
    public var kind: ChangeKind
    public var basis: Basis
    public var writes: [GroupID: GroupWrite]
    public var author: String
    public var reason: String?
    public var schemaVersion: UInt32

    public init(
        target: Target, kind: ChangeKind = .edit, basis: Basis, writes: [GroupID: GroupWrite],
        author: String, reason: String? = nil, schemaVersion: UInt32
    ) {
        self.target = target
        self.kind = kind
        self.basis = basis
        self.writes = writes
        self.author = author
        self.reason = reason
        self.schemaVersion = schemaVersion
    }
}

/// What came of an edit.
public struct Appended: Sendable {
    /// Nil when nothing differed from what was shown: no change was written.
    public let change: Reference?
    public let record: StoredRecord
}

/// A record as it stands at this node, with the token that a write of it must bring.
public struct StoredRecord: Sendable {
    public let state: RecordState
    public let token: String
    public let created: ChangeInfo

    public var id: ShortID { ShortID(state.record) }
}

/// Who made a change, where and when.
public struct ChangeInfo: Hashable, Sendable {
    public let reference: Reference
    public let kind: ChangeKind
    public let author: String
    public let claimedTime: Int64
    public let reason: String?
}
