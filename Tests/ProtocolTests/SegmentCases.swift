import LogWriting
import Records
import SyncCore
import WireFormat

/// A segment with its nine items open to tampering.
private struct RawSegment {
    var items: [[UInt8]]

    init(_ encoded: [UInt8]) {
        var reader = CBORReader(encoded)
        items = []
        guard let count = try? reader.array(max: 9) else {
            preconditionFailure("a segment is a list")
        }
        for _ in 0..<count {
            guard let range = try? reader.item(depth: 8) else { preconditionFailure("nine items") }
            items.append(Array(encoded[range]))
        }
    }

    func with(_ index: Int, _ item: [UInt8]) -> [UInt8] {
        var items = items
        items[index] = item
        return [0x89] + items.joined()
    }

    /// With another body, and the counts that belong to it unless said otherwise.
    func with(body: [UInt8], count: Int, byteCount: Int? = nil, compressed: [UInt8]? = nil)
        -> [UInt8]
    {
        var items = items
        items[6] = cbor { $0.unsigned(UInt64(count)) }
        items[7] = cbor { $0.unsigned(UInt64(byteCount ?? body.count)) }
        items[8] = cbor { $0.byteString(compressed ?? Deflate.compress(body)) }
        return [0x89] + items.joined()
    }
}

extension Vector {
    private static let three: LogWriter = {
        var writer = Cast.writer(Cast.first)
        let record = writer.supplier("甲公司")
        for name in ["乙公司", "丙公司"] {
            let last = writer.changes[writer.changes.count - 1].reference
            writer.add(.of(record), parents: [last], [(11, [last], LogWriter.name(name))])
        }
        return writer
    }()

    /// 514 changes: two blocks of salts.
    private static let long: LogWriter = {
        var writer = Cast.writer(Cast.first, 6, .province, .events)
        for index in 1...514 { _ = writer.supplier("第\(index)") }
        return writer
    }()

    private static let whole = RawSegment(three.sealed)
    private static let body = entries(three)

    private static func entries(_ writer: LogWriter) -> [UInt8] {
        writer.changes.prefix(513).flatMap(\.entry)
    }

    private static func segment(
        _ rule: String, _ name: String, _ title: String, _ bytes: [UInt8],
        key: NodeKey = Cast.firstKey,
        _ error: String? = nil
    ) -> Vector {
        let settings: [String: JSON] = ["key": .string(key.publicKey.bytes.hex)]
        guard let error else {
            return .accept(.segment, rule, name, title, bytes, settings, ["accepted": true])
        }
        return .refuse(.segment, rule, name, title, bytes, settings, ["error": .string(error)])
    }

    private static func receipt(
        _ name: String, _ title: String, hash: Digest, signed: Digest, error: String? = nil
    ) -> Vector {
        let log = three.log
        let signature = Cast.hubKey.sign(
            ReceiptCodec.signedBytes(log: log, sequence: 3, hash: signed))
        let input = cbor { writer in
            writer.array(count: 4)
            NameCodec.write(log, to: &writer)
            writer.unsigned(3)
            writer.digest(hash)
            writer.byteString(signature)
        }
        let settings: [String: JSON] = ["hub_key": .string(Cast.hubKey.publicKey.bytes.hex)]
        guard let error else {
            return .accept(.receipt, "S12", name, title, input, settings, ["accepted": true])
        }
        return .refuse(.receipt, "S12", name, title, input, settings, ["error": .string(error)])
    }

    static let segmentCases: [Vector] = byteCases + attachingCases

    private static let byteCases: [Vector] = [
        segment("C13", "own-scope", "references in the log's own scope", three.sealed),
        segment(
            "C13", "other-scope", "a record of the province in a county's log", foreign.sealed,
            "inconsistent"),
        segment("S1", "places", "three changes from the start of a log", three.sealed),
        segment("S1", "from-the-middle", "the second and third change", three.seal(2...3)),
        segment(
            "S1", "another-previous-hash", "another hash before the second change",
            RawSegment(three.seal(2...3)).with(3, cbor { $0.digest(.sha256([1])) }), "bad-signature"
        ),
        segment("S1", "another-suite", "suite 2", whole.with(0, [0x02]), "unsupported"),
        segment("S2", "two-blocks", "sequences 511 to 514, of two blocks", long.seal(511...514)),
        segment(
            "S2", "another-secret", "one bit of the secret is different",
            whole.with(4, [0x81] + cbor { $0.byteString([8] + [UInt8](repeating: 9, count: 15)) }),
            "bad-signature"),
        segment("S3", "hashes", "one change", three.seal(1...1)),
        segment(
            "S3", "another-payload", "one letter of a payload is different",
            whole.with(body: changed, count: 3), "bad-signature"),
        segment("S4", "most-changes", "512 changes", long.seal(1...512)),
        segment(
            "S4", "too-many-changes", "513 changes",
            RawSegment(long.seal(1...512)).with(body: entries(long), count: 513), "too-large"),
        segment(
            "S4", "eight-items", "eight items", [0x88] + whole.items.dropLast().joined(),
            "malformed"),
        segment(
            "S4", "previous-hash-at-the-start", "a previous hash before sequence 1",
            whole.with(3, cbor { $0.digest(.sha256([1])) }), "inconsistent"),
        segment(
            "S4", "no-previous-hash", "zero before sequence 2",
            RawSegment(three.seal(2...3)).with(3, cbor { $0.digest(.zero) }), "inconsistent"),
        segment(
            "S4", "beyond-the-last-sequence", "three changes from sequence 2^40-1 on",
            RawSegment(three.seal(2...3)).with(2, cbor { $0.unsigned(1 << 40 - 1) }), "too-large"),
        segment("S4", "no-changes", "a count of 0", whole.with(6, [0x00]), "malformed"),
        segment("S5", "one-secret", "one block, one secret", three.sealed),
        segment(
            "S5", "secret-missing", "two blocks, one secret",
            RawSegment(long.seal(511...514)).with(4, whole.items[4]), "malformed"),
        segment(
            "S5", "secret-withheld", "null in place of a secret", whole.with(4, [0x81, 0xF6]),
            "unsupported"),
        segment(
            "S5", "short-secret", "a secret of 15 bytes",
            whole.with(4, [0x81] + cbor { $0.byteString([UInt8](repeating: 9, count: 15)) }),
            "malformed"),
        segment(
            "S6", "stored-body", "a body that is not compressed but stored",
            whole.with(body: body, count: 3, compressed: Deflate.compress(body, level: 0))),
        segment(
            "S6", "longer-than-said", "one byte more than the body length says",
            whole.with(body: body, count: 3, byteCount: body.count - 1), "malformed"),
        segment(
            "S6", "shorter-than-said", "one byte less than the body length says",
            whole.with(body: body, count: 3, byteCount: body.count + 1), "malformed"),
        segment(
            "S6", "bytes-after-deflate", "a byte after the compressed body",
            whole.with(body: body, count: 3, compressed: Deflate.compress(body) + [0]), "malformed"),
        segment(
            "S6", "fewer-than-counted", "a count of 4 for three changes",
            whole.with(body: body, count: 4), "malformed"),
        segment(
            "S6", "more-than-counted", "a count of 2 for three changes",
            whole.with(body: body, count: 2), "malformed"),
        segment(
            "S6", "bomb", "a megabyte of zeros that claims to be 100 bytes",
            whole.with(
                body: body, count: 3, byteCount: 100,
                compressed: Deflate.compress([UInt8](repeating: 0, count: 1 << 20))), "malformed"),
        segment(
            "S6", "zlib-header", "a body with a zlib header",
            whole.with(body: body, count: 3, compressed: [0x78, 0x9C] + Deflate.compress(body)),
            "malformed"),
        segment("S7", "signed", "signed by the log's node", three.sealed),
        segment(
            "S7", "signed-by-another", "signed by another node",
            three.seal(1...3, by: Cast.secondKey), "bad-signature"),
        segment(
            "S7", "signature-cut", "a signature of 63 bytes",
            whole.with(5, cbor { $0.byteString([UInt8](repeating: 1, count: 63)) }), "malformed"),
        segment(
            "S7", "not-canonical-s",
            "the signature's S plus the group order, which names the same number (RFC 8032, 5.1.7)",
            whole.with(5, cbor { $0.byteString(nonCanonical) }), "bad-signature"),
        receipt(
            "receipt", "signed by the hub", hash: three.changes[2].hash,
            signed: three.changes[2].hash),
        receipt(
            "another-hash", "signed for another hash", hash: three.changes[1].hash,
            signed: three.changes[2].hash, error: "bad-signature"),
    ]

    /// A log of a county that edits a record of the province.
    private static let foreign: LogWriter = {
        var writer = Cast.writer(Cast.first, 5, Scope("county/632521")!)
        let record = three.changes[0].reference
        writer.add(.of(record), parents: [record], [(11, [record], LogWriter.name("丁公司"))])
        return writer
    }()

    /// The first letter of the first name is another one.
    private static let changed: [UInt8] = {
        var bytes = body
        let name = Array("甲".utf8)
        let at = bytes.indices.first { bytes[$0...].starts(with: name) }!
        bytes.replaceSubrange(at..<at + 3, with: Array("申".utf8))
        return bytes
    }()

    private static let nonCanonical: [UInt8] = {
        let order: [UInt8] =
            [UInt8](hex: "edd3f55c1a631258d69cf7a2def9de14") + [UInt8](repeating: 0, count: 15) + [
                0x10
            ]
        let signature = SegmentSignature.of(three)
        var carry = 0
        let s = zip(signature[32...], order).map { a, b in
            let sum = Int(a) + Int(b) + carry
            carry = sum >> 8
            return UInt8(sum & 255)
        }
        return Array(signature[..<32]) + s
    }()
}

private enum SegmentSignature {
    static func of(_ writer: LogWriter) -> [UInt8] {
        let last = writer.changes[writer.changes.count - 1]
        return writer.key.sign(
            SegmentCodec.signedBytes(
                log: writer.log, lastSequence: last.sequence, lastHash: last.hash))
    }
}
