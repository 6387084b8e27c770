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

    public var lastSequence: UInt64 { firstSequence + UInt64(changes.count) - 1 }
    public var lastHash: Digest { changes[changes.count - 1].hash }
    public var last: Reference { changes[changes.count - 1].reference }
}
