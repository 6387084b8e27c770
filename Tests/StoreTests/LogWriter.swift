/// Writes a log by hand, change by change: what another version, an attacker or a later part of
/// the program would send.
import Store
import SyncCore
import WireFormat

struct LogWriter {
    let log: LogID
    let key: NodeKey
    private let secret = SaltSecret([UInt8](repeating: 9, count: SaltSecret.byteCount))!
    private(set) var changes: [Change] = []

    init(
        _ identity: Identity, incarnation: UInt64, scope: Scope = .province, lane: Lane = .records
    ) {
        log = LogID(node: identity.node, incarnation: incarnation, scope: scope, lane: lane)
        key = identity.key
    }

    /// Appends a change; its reference names it.
    @discardableResult
    mutating func add(
        kind: ChangeKind = .edit, _ record: RecordKey, parents: [Reference] = [],
        target: Reference? = nil, _ writes: [(GroupID, replaces: [Reference], bytes: [UInt8])]
    ) -> Reference {
        let header = ChangeHeader(
            kind: kind, record: record, parents: parents,
            groups: writes.map { GroupEdit(group: $0.0, replaces: $0.replaces) }, target: target,
            author: "writer", claimedTime: 1_772_352_000_000)
        let headerBytes = ChangeCodec.encode(header)
        let payloadBytes = ChangeCodec.encode(
            Payload(
                schemaVersion: 1,
                values: writes.map { GroupValue(group: $0.0, bytes: $0.bytes) }))
        let sequence = UInt64(changes.count + 1)
        let hash = ChangeHash.change(
            place: ChangeCodec.place(
                log: log, sequence: sequence, previousHash: changes.last?.hash ?? .zero),
            headerBytes: headerBytes,
            payload: ChangeHash.payload(payloadBytes, salt: secret.salt(for: sequence)))
        changes.append(
            Change(
                log: log, sequence: sequence, header: header, headerBytes: headerBytes,
                payloadBytes: payloadBytes, hash: hash))
        return changes[changes.count - 1].reference
    }

    /// The hub's hold or release of a change.
    @discardableResult
    mutating func judge(
        _ target: Reference, of record: Reference, holds: Bool, replacing: [Reference] = []
    ) -> Reference {
        add(
            kind: .verdict, .of(record), target: target,
            [
                (
                    ReservedGroup.verdict, replacing,
                    holds ? VerdictValue.hold : VerdictValue.release
                )
            ])
    }

    /// A new supplier with this name.
    mutating func supplier(_ name: String) -> Reference {
        add(.creates(type: "supplier"), [(11, [], Self.name(name))])
    }

    static func name(_ name: String) -> [UInt8] {
        ValueCodec.encode(group: [Value.Entry(2, .text(name))])
    }

    /// Seals a stretch, by default from the given first sequence to the end.
    func seal(_ sequences: ClosedRange<Int>, by key: NodeKey? = nil) -> [UInt8] {
        let chosen = changes[(sequences.lowerBound - 1)..<sequences.upperBound]
        return SegmentCodec.seal(
            log: log, firstSequence: UInt64(sequences.lowerBound),
            previousHash: sequences.lowerBound == 1
                ? .zero : changes[sequences.lowerBound - 2].hash,
            secrets: [secret],
            entries: chosen.map {
                ChangeCodec.entry(headerBytes: $0.headerBytes, payloadBytes: $0.payloadBytes)
            },
            lastHash: changes[sequences.upperBound - 1].hash, key: key ?? self.key)
    }

    var sealed: [UInt8] { seal(1...changes.count) }
}
