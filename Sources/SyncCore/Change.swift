/// Algorithms used for hashing and signing, by number, so that a later suite (SM3/SM2) can
/// stand beside the first.
public enum Suite: UInt8, Sendable {
    /// SHA-256 and Ed25519.
    case sha256Ed25519 = 1
}

public enum ChangeKind: UInt8, Sendable {
    case edit = 1
    /// A person's choice between sides of a conflict; otherwise an edit.
    case decision = 2
    /// No values, all heads as parents: looked at, fine as merged.
    case join = 3
    /// The hub holds or releases its target.
    case verdict = 4
    /// The hub declares its target lost: it counts as stored and empty while it is absent.
    case void = 5
    case erasure = 6

    /// Kinds that take part in the values of a record.
    public var isEdit: Bool { self == .edit || self == .decision || self == .join }
}

/// Which record a change is about.
public enum RecordKey: Hashable, Sendable {
    /// Creates a record of this type; the record is named by the change itself.
    case creates(type: String)
    case of(Reference)
}

/// One field group that a change writes.
public struct GroupEdit: Hashable, Sendable {
    public let group: GroupID
    /// All values, equal ones included, that the author was shown for this group. Ascending.
    public let replaces: [Reference]

    public init(group: GroupID, replaces: [Reference]) {
        self.group = group
        self.replaces = replaces.count > 1 ? replaces.sorted() : replaces
    }
}

/// What of a change survives the erasure of its payload.
public struct ChangeHeader: Hashable, Sendable {
    public var kind: ChangeKind
    public var record: RecordKey
    /// The record heads that the author's form displayed. Ascending.
    public var parents: [Reference]
    /// Ascending by group.
    public var groups: [GroupEdit]
    /// Of a verdict, void or erasure.
    public var target: Reference?
    /// A code, never a personal name: headers survive erasure.
    public var author: String
    /// Milliseconds UTC by the author's clock. Evidence only: nothing is ordered by it.
    public var claimedTime: Int64

    public init(
        kind: ChangeKind, record: RecordKey, parents: [Reference] = [], groups: [GroupEdit] = [],
        target: Reference? = nil, author: String, claimedTime: Int64
    ) {
        self.kind = kind
        self.record = record
        self.parents = parents.count > 1 ? parents.sorted() : parents
        let isAscending = zip(groups, groups.dropFirst()).allSatisfy { $0.group < $1.group }
        self.groups = isAscending ? groups : groups.sorted { $0.group < $1.group }
        self.target = target
        self.author = author
        self.claimedTime = claimedTime
    }

    public var referenceCount: Int {
        parents.count + groups.reduce(0) { $0 + $1.replaces.count } + (target == nil ? 0 : 1)
    }
}

/// A change in its place: bytes as its author wrote them, which are never encoded again.
public struct Change: Hashable, Sendable {
    public let log: LogID
    public let sequence: UInt64
    /// What its header says that it is about.
    public let record: RecordKey
    /// Header and payload as segments and stores hold them: part of the bytes that it came in.
    public let entry: ArraySlice<UInt8>
    private let headerByteCount: Int
    private let payloadByteCount: Int
    public let hash: Digest

    /// The header's bytes begin the entry, the payload's end it.
    public init(
        log: LogID, sequence: UInt64, record: RecordKey, entry: ArraySlice<UInt8>,
        headerByteCount: Int, payloadByteCount: Int, hash: Digest
    ) {
        self.log = log
        self.sequence = sequence
        self.record = record
        self.entry = entry
        self.headerByteCount = headerByteCount
        self.payloadByteCount = payloadByteCount
        self.hash = hash
    }

    public var headerBytes: ArraySlice<UInt8> { entry.prefix(headerByteCount) }
    public var payloadBytes: ArraySlice<UInt8> { entry.suffix(payloadByteCount) }

    public var reference: Reference { Reference(log: log, sequence: sequence, hash: hash) }
}
