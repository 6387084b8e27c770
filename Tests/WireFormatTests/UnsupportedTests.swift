import SyncCore
import Testing
import WireFormat

// What a later version may add is refused as unsupported, not as damaged: the sender learns why.

private let headers: [(name: String, fields: [UInt64: [UInt8]])] = [
    ("kind 0", [0: [0x00]]), ("erasure", [0: [0x06]]), ("kind 7", [0: [0x07]]),
    ("kind 255", [0: [0x18, 0xFF]]), ("a group mark", [7: [0x01]]), ("group mark 0", [7: [0x00]]),
    ("assurance", [9: [0x01]]), ("a grant epoch", [11: [0x01]]),
    ("an unknown key", [12: [0x01]]), ("a far key", [1000: [0xA0]]),
    ("lane 3 in a reference", [2: [0x82] + laneThree + Fixture.reference(2).encoded]),
]

private let laneThree = cbor { writer in
    writer.array(count: 3)
    writer.raw(RawSegment.encode(Fixture.log, lane: 3))
    writer.unsigned(1)
    writer.byteString(Array(repeating: 0, count: 8))
}

private let segments: [Damage] = [
    Damage("suite 0") { $0.suite = 0 },
    Damage("suite 2") { $0.suite = 2 },
    Damage("a secret withheld") { $0.secrets = [[0xF6]] },
    Damage("lane 3") { $0.log = RawSegment.encode(Fixture.log, lane: 3) },
    Damage("a scope of another kind") { $0.log = RawSegment.encode(Fixture.log, scope: "town/1") },
    Damage("a short county") { $0.log = RawSegment.encode(Fixture.log, scope: "county/6325") },
    Damage("a worded county") { $0.log = RawSegment.encode(Fixture.log, scope: "county/63252x") },
]

@Suite struct `Unsupported things` {
    @Test func `the plain edit is supported`() {
        #expect(RawHeader.edit.refusal == nil)
        #expect(segmentRefusal(header: RawHeader.edit.encoded, payload: editPayload) == nil)
    }

    @Test(arguments: headers)
    func `in a header are refused as such`(name: String, fields: [UInt64: [UInt8]]) {
        let header = RawHeader.edit.with(fields)
        #expect(header.refusal == .unsupported)
        #expect(segmentRefusal(header: header.encoded, payload: editPayload) == .unsupported)
    }

    @Test(arguments: [
        ("attachments", "a3 00 01 01 a1 0a a0 03 80"),
        ("an unknown key", "a3 00 01 01 a1 0a a0 04 00"), ("a far key", "a2 00 01 19 ff ff 00"),
    ])
    func `in a payload are refused as such`(name: String, hex: String) {
        let payload = bytes(hex)
        #expect(Decoder.payload.refusal(payload) == .unsupported)
        let header = RawHeader.edit.encoded
        #expect(segmentRefusal(header: header, payload: payload) == .unsupported)
    }

    @Test(arguments: segments)
    func `in a segment are refused as such`(damage: Damage) {
        var raw = RawSegment(.example())
        damage.apply(&raw)
        #expect(Decoder.segment.refusal(raw.encoded) == .unsupported)
    }

    @Test(arguments: [Decoder.request, .answer, .wakeRequest, .wakeAnswer])
    func `in a message are refused as such`(decoder: Decoder) {
        // Version 2; key 20; a scope of another kind.
        #expect(decoder.refusal(bytes("a200020180")) == .unsupported)
        #expect(decoder.refusal(bytes("a3000101801400")) == .unsupported)
        let message = bytes("a20001018182") + cbor { $0.text("town/1") }
        #expect(decoder.refusal(message) == .unsupported)
    }

    @Test func `another signing algorithm is refused as such`() {
        var random = SplitMix64(700)
        var encoded = random.proof().encoded
        // `84 58 nn a5 01 27`: array, byte string, map, algorithm, EdDSA.
        #expect(encoded[4] == 0x01 && encoded[5] == 0x27)
        encoded[5] = 0x26
        #expect(Decoder.proof.refusal(encoded) == .unsupported)
    }
}
