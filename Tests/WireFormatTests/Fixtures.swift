import SyncCore
import WireFormat

/// Reproducible random numbers: a failing test prints the seed that it ran with.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count { bytes.append(bigEndian: next()) }
        return Array(bytes.prefix(count))
    }
}

func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.filter { $0 != " " }
    precondition(digits.count.isMultiple(of: 2), "two digits a byte")
    return stride(from: 0, to: digits.count, by: 2).map { offset in
        let start = digits.index(digits.startIndex, offsetBy: offset)
        return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)!
    }
}

func cbor(_ write: (inout CBORWriter) -> Void) -> [UInt8] {
    var writer = CBORWriter()
    write(&writer)
    return writer.bytes
}

enum Fixture {
    static let county = Scope.county(632_521)
    static let node = NodeID("632521-01")!
    static let hub = NodeID("630000-hub")!
    static let nodeKey = NodeKey(secret: Array(1...32))!
    static let hubKey = NodeKey(secret: Array(101...132))!
    static let log = LogID(node: node, incarnation: 0xC5A1, scope: county, lane: .events)
    /// 2026-03-01T08:00:00.000Z
    static let time: Int64 = 1_772_352_000_000

    static func log(_ scope: Scope, _ lane: Lane = .events, incarnation: UInt64 = 1) -> LogID {
        LogID(node: node, incarnation: incarnation, scope: scope, lane: lane)
    }

    static func reference(_ sequence: UInt64, log: LogID = log) -> Reference {
        Reference(log: log, sequence: sequence, prefix: sequence &* 0x0101_0101_0101_0101)
    }

    static func creation(_ type: String = "project") -> ChangeHeader {
        ChangeHeader(
            kind: .edit, record: .creates(type: type),
            groups: [GroupEdit(group: 10, replaces: [])], author: "zhang.san", claimedTime: time)
    }

    static func payload(for header: ChangeHeader, value: Int64 = 7) -> Payload {
        Payload(
            schemaVersion: 1,
            values: header.groups.map {
                GroupValue(
                    group: $0.group,
                    bytes: ValueCodec.encode(group: [Value.Entry(1, .integer(value))]))
            })
    }
}

/// Writes one log the way a node does: hashes each change as it is made, seals runs of them.
struct Author {
    struct Written {
        let entry: [UInt8]
        let headerBytes: [UInt8]
        let payloadBytes: [UInt8]
        let hash: Digest
    }

    let log: LogID
    let key: NodeKey
    private(set) var written: [Written] = []

    init(log: LogID = Fixture.log, key: NodeKey = Fixture.nodeKey) {
        self.log = log
        self.key = key
    }

    func secret(block: UInt64) -> SaltSecret {
        SaltSecret(Array(Digest.sha256(Array("\(log) block \(block)".utf8)).bytes.prefix(16)))!
    }

    func hash(before sequence: UInt64) -> Digest {
        sequence == 1 ? .zero : written[Int(sequence) - 2].hash
    }

    @discardableResult
    mutating func append(_ header: ChangeHeader, _ payload: Payload? = nil) -> Reference {
        append(
            headerBytes: ChangeCodec.encode(header),
            payloadBytes: ChangeCodec.encode(payload ?? Fixture.payload(for: header)))
    }

    /// Any bytes, well-formed or not.
    @discardableResult
    mutating func append(headerBytes: [UInt8], payloadBytes: [UInt8]) -> Reference {
        let sequence = UInt64(written.count) + 1
        let salt = secret(block: SaltSecret.block(of: sequence)).salt(for: sequence)
        let hash = ChangeHash.change(
            place: ChangeCodec.place(
                log: log, sequence: sequence, previousHash: self.hash(before: sequence)),
            headerBytes: headerBytes.span.bytes,
            payload: ChangeHash.payload(payloadBytes.span.bytes, salt: salt))
        written.append(
            Written(
                entry: ChangeCodec.entry(headerBytes: headerBytes, payloadBytes: payloadBytes),
                headerBytes: headerBytes, payloadBytes: payloadBytes, hash: hash))
        return Reference(log: log, sequence: sequence, hash: hash)
    }

    func secrets(_ sequences: ClosedRange<UInt64>) -> [SaltSecret] {
        let first = SaltSecret.block(of: sequences.lowerBound)
        return (first...SaltSecret.block(of: sequences.upperBound)).map { secret(block: $0) }
    }

    func seal(_ sequences: ClosedRange<UInt64>? = nil) -> [UInt8] {
        let sequences = sequences ?? 1...UInt64(written.count)
        let run = written[Int(sequences.lowerBound) - 1..<Int(sequences.upperBound)]
        return SegmentCodec.seal(
            log: log, firstSequence: sequences.lowerBound,
            previousHash: hash(before: sequences.lowerBound), secrets: secrets(sequences),
            entries: run.map(\.entry), lastHash: run.last!.hash, key: key)
    }

    /// A record, an edit of it, and a note on it: what most segments look like.
    static func example(log: LogID = Fixture.log) -> Author {
        var author = Author(log: log)
        let record = author.append(Fixture.creation())
        let header = ChangeHeader(
            kind: .edit, record: .of(record), parents: [record],
            groups: [GroupEdit(group: 10, replaces: [record]), GroupEdit(group: 1, replaces: [])],
            author: "li-si", claimedTime: Fixture.time + 60_000)
        author.append(
            header,
            Payload(
                schemaVersion: 2,
                values: [
                    GroupValue(group: 1, bytes: ValueCodec.encode(group: [.init(1, .integer(0))])),
                    GroupValue(
                        group: 10,
                        bytes: ValueCodec.encode(group: [
                            .init(1, .text("合同延期")), .init(2, .list([.bool(true), .null])),
                            .init(-1, .bytes([1, 2])),
                        ])),
                ], reason: "补正"))
        author.append(
            ChangeHeader(
                kind: .decision, record: .of(record), parents: [record],
                groups: [GroupEdit(group: 11, replaces: [])], author: "W5", claimedTime: -1))
        return author
    }
}

/// A segment with its parts open to tampering. Each part is written as is.
struct RawSegment {
    var suite: UInt64 = 1
    var log: [UInt8]
    var firstSequence: UInt64 = 1
    var previousHash = Digest.zero
    /// Encoded items of the array.
    var secrets: [[UInt8]]
    var signature: [UInt8]
    var count: UInt64
    var bodyByteCount: UInt64
    var compressed: [UInt8]

    /// Sealed like the author would, with a body of the caller's.
    init(_ author: Author, body: [UInt8]? = nil, level: Int32 = 6) {
        let body = body ?? author.written.flatMap(\.entry)
        let last = UInt64(author.written.count)
        log = RawSegment.encode(author.log)
        secrets = author.secrets(1...last).map { secret in cbor { $0.byteString(secret.bytes) } }
        signature = author.key.sign(
            SegmentCodec.signedBytes(
                log: author.log, lastSequence: last, lastHash: author.written.last!.hash))
        count = last
        bodyByteCount = UInt64(body.count)
        compressed = Deflate.compress(body, level: level)
    }

    static func encode(
        _ log: LogID, scope: String? = nil, lane: UInt64? = nil
    ) -> [UInt8] {
        cbor { writer in
            writer.array(count: 4)
            writer.text(log.node.name)
            writer.unsigned(log.incarnation)
            writer.text(scope ?? log.scope.description)
            writer.unsigned(lane ?? UInt64(log.lane.rawValue))
        }
    }

    var encoded: [UInt8] {
        cbor { writer in
            writer.array(count: 9)
            writer.unsigned(suite)
            writer.raw(log)
            writer.unsigned(firstSequence)
            writer.digest(previousHash)
            writer.array(count: secrets.count)
            for secret in secrets { writer.raw(secret) }
            writer.byteString(signature)
            writer.unsigned(count)
            writer.unsigned(bodyByteCount)
            writer.byteString(compressed)
        }
    }
}

/// One thing done to a segment that must not be.
struct Damage: Sendable, CustomStringConvertible {
    let description: String
    let apply: @Sendable (inout RawSegment) -> Void

    init(_ description: String, _ apply: @escaping @Sendable (inout RawSegment) -> Void) {
        self.description = description
        self.apply = apply
    }
}
