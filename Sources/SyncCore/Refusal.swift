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
    /// Offset of the offending byte in the segment, its body counted as inflated; 0 when the fault
    /// is not one of bytes.
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
