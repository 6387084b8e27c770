/// A run of changes of one log, decoded: every hash recomputed, the signature not yet checked.
///
/// The unit of storage and transfer. `encoded` is kept and relayed byte for byte.
public struct Segment: Sendable {
    public let log: LogID
    public let firstSequence: UInt64
    /// Hash of the change before the first; zero before sequence 1.
    public let previousHash: Digest
    /// Never empty, consecutive.
    public let changes: [Change]
    public let signature: [UInt8]
    public let encoded: [UInt8]

    public init(
        log: LogID, firstSequence: UInt64, previousHash: Digest, changes: [Change],
        signature: [UInt8], encoded: [UInt8]
    ) {
        precondition(!changes.isEmpty, "a segment holds at least one change")
        self.log = log
        self.firstSequence = firstSequence
        self.previousHash = previousHash
        self.changes = changes
        self.signature = signature
        self.encoded = encoded
    }

    /// Before compression.
    public var bodyByteCount: Int {
        changes.reduce(0) { $0 + $1.headerBytes.count + $1.payloadBytes.count }
    }

    public var lastSequence: UInt64 { firstSequence + UInt64(changes.count) - 1 }
    public var lastHash: Digest { changes[changes.count - 1].hash }
    public var last: Reference { changes[changes.count - 1].reference }
}

/// Why a segment, and nothing else, was refused. Everything that is only against policy is
/// accepted instead, and held.
public enum RefusalRule: UInt8, Sendable, CaseIterable {
    case malformed = 1
    case notCanonical = 2
    case tooLarge = 3
    case unsupported = 4
    case unknownNode = 5
    case badSignature = 6
    /// Neither the first change nor its predecessor is stored.
    case gap = 7
    case scopeNotGranted = 8
    /// Header and payload, or a change and its record, contradict each other.
    case inconsistent = 9

    public var name: String {
        switch self {
        case .malformed: "malformed"
        case .notCanonical: "not-canonical"
        case .tooLarge: "too-large"
        case .unsupported: "unsupported"
        case .unknownNode: "unknown-node"
        case .badSignature: "bad-signature"
        case .gap: "gap"
        case .scopeNotGranted: "scope-not-granted"
        case .inconsistent: "inconsistent"
        }
    }
}

/// A refused segment: nothing of it was applied, other logs go on.
public struct Refusal: Error, Hashable, Sendable {
    public let rule: RefusalRule
    /// Nil when not even the log's name could be read.
    public let log: LogID?
    public let firstSequence: UInt64
    /// Offset of the offending byte, or of the change within its segment, as the rule says.
    public let position: Int

    public init(
        _ rule: RefusalRule, log: LogID? = nil, firstSequence: UInt64 = 0, position: Int = 0
    ) {
        self.rule = rule
        self.log = log
        self.firstSequence = firstSequence
        self.position = position
    }
}

/// The hub's signature on "I durably hold log L through n, hash h". Evidence, never a cursor.
/// It names no time, so that the same segments always earn the same receipt.
public struct Receipt: Hashable, Sendable {
    public let log: LogID
    public let sequence: UInt64
    public let hash: Digest
    public let signature: [UInt8]

    public init(log: LogID, sequence: UInt64, hash: Digest, signature: [UInt8]) {
        self.log = log
        self.sequence = sequence
        self.hash = hash
        self.signature = signature
    }
}
