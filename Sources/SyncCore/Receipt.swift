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
