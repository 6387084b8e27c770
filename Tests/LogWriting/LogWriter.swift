/// Writes a log by hand, change by change: what another version, an attacker or another program
/// would send.
import SyncCore
import WireFormat

public struct LogWriter: Sendable {
    public let log: LogID
    public let key: NodeKey
    public private(set) var changes: [Change] = []
    /// Of the changes to come; milliseconds UTC.
    public var claimedTime: Int64 = 1_772_352_000_000

    public init(log: LogID, key: NodeKey) {
        self.log = log
        self.key = key
    }

    public typealias Write = (GroupID, replaces: [Reference], bytes: [UInt8])

    /// Appends a change; its reference names it.
    @discardableResult
    public mutating func add(
        kind: ChangeKind = .edit, _ record: RecordKey, parents: [Reference] = [],
        target: Reference? = nil, _ writes: [Write] = [], reason: String? = nil
    ) -> Reference {
        let header = ChangeHeader(
            kind: kind, record: record, parents: parents,
            groups: writes.map { GroupEdit(group: $0.0, replaces: $0.replaces) }, target: target,
            author: "writer", claimedTime: claimedTime)
        let payload = Payload(
            schemaVersion: 1, values: writes.map { GroupValue(group: $0.0, bytes: $0.bytes) },
            reason: reason)
        return add(header, headerBytes: ChangeCodec.encode(header), ChangeCodec.encode(payload))
    }

    /// Any bytes as header and payload.
    @discardableResult
    public mutating func add(
        _ header: ChangeHeader, headerBytes: [UInt8], _ payloadBytes: [UInt8]
    ) -> Reference {
        let sequence = UInt64(changes.count + 1)
        let salt = Self.secret(ofBlockWith: sequence).salt(for: sequence)
        let hash = ChangeHash.change(
            place: ChangeCodec.place(
                log: log, sequence: sequence, previousHash: changes.last?.hash ?? .zero),
            headerBytes: headerBytes.span.bytes,
            payload: ChangeHash.payload(payloadBytes.span.bytes, salt: salt))
        changes.append(
            Change(
                log: log, sequence: sequence, header: header, headerBytes: headerBytes,
                payloadBytes: payloadBytes, hash: hash))
        return changes[changes.count - 1].reference
    }

    /// The hub's hold or release of a change.
    @discardableResult
    public mutating func judge(
        _ target: Reference, of record: Reference, holds: Bool, replacing: [Reference] = []
    ) -> Reference {
        let value = holds ? VerdictValue.hold : VerdictValue.release
        return add(
            kind: .verdict, .of(record), target: target, [(ReservedGroup.verdict, replacing, value)]
        )
    }

    /// A new supplier with this name.
    public mutating func supplier(_ name: String) -> Reference {
        add(.creates(type: "supplier"), [(11, [], Self.name(name))])
    }

    public static func name(_ name: String) -> [UInt8] {
        ValueCodec.encode(group: [Value.Entry(2, .text(name))])
    }

    // MARK: Sealing

    public static func secret(ofBlockWith sequence: UInt64) -> SaltSecret {
        let byte = UInt8(truncatingIfNeeded: 9 + SaltSecret.block(of: sequence))
        guard let secret = SaltSecret([UInt8](repeating: byte, count: SaltSecret.byteCount)) else {
            preconditionFailure("a secret of the right length is one")
        }
        return secret
    }

    public func hash(before sequence: Int) -> Digest {
        sequence == 1 ? .zero : changes[sequence - 2].hash
    }

    /// Seals a stretch.
    public func seal(_ sequences: ClosedRange<Int>, by key: NodeKey? = nil) -> [UInt8] {
        let first = UInt64(sequences.lowerBound)
        let last = UInt64(sequences.upperBound)
        let blocks = SaltSecret.block(of: first)...SaltSecret.block(of: last)
        return SegmentCodec.seal(
            log: log, firstSequence: first, previousHash: hash(before: sequences.lowerBound),
            secrets: blocks.map {
                Self.secret(ofBlockWith: $0 * UInt64(Limits.saltBlockChanges) + 1)
            },
            entries: changes[(sequences.lowerBound - 1)..<sequences.upperBound].map {
                Array($0.entry)
            },
            lastHash: changes[sequences.upperBound - 1].hash, key: key ?? self.key)
    }

    public var sealed: [UInt8] { seal(1...changes.count) }
}
