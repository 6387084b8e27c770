import SyncCore
import Testing
import WireFormat

// One value, one encoding: every other way to write it is refused, and names its rule.

private let nonCanonical: [(name: String, hex: String, rule: RefusalRule)] = [
    ("0 in one byte", "1800", .notCanonical),
    ("23 in one byte", "1817", .notCanonical),
    ("255 in two bytes", "1900ff", .notCanonical),
    ("65535 in four bytes", "1a0000ffff", .notCanonical),
    ("2^32-1 in eight bytes", "1b00000000ffffffff", .notCanonical),
    ("-1 in one byte", "3800", .notCanonical),
    ("long head of bytes", "580101", .notCanonical),
    ("long head of text", "780161", .notCanonical),
    ("long head of an array", "980100", .notCanonical),
    ("long head of a map", "b8010000", .notCanonical),
    ("indefinite bytes", "5f4101ff", .notCanonical),
    ("indefinite text", "7f6161ff", .notCanonical),
    ("indefinite array", "9f00ff", .notCanonical),
    ("indefinite map", "bf0000ff", .notCanonical),
    ("indefinite number", "1f", .notCanonical),
    ("reserved head 28", "1c", .malformed),
    ("reserved head 30", "1e", .malformed),
    ("a tag", "c000", .malformed),
    ("a half", "f90000", .malformed),
    ("a single", "fa00000000", .malformed),
    ("a double", "fb0000000000000000", .malformed),
    ("undefined", "f7", .malformed),
    ("a long simple value", "f818", .malformed),
    ("a break alone", "ff", .malformed),
    ("unordered keys", "a201000000", .notCanonical),
    ("a negative key before a positive one", "a220000100", .notCanonical),
    ("a key twice", "a201000100", .notCanonical),
    ("more bytes than there are", "4201", .malformed),
    ("more text than there is", "6261", .malformed),
    ("more items than there are", "8200", .malformed),
    ("more entries than there are", "a20000", .malformed),
    ("as many items as 64 bits count", "9bffffffffffffffff", .tooLarge),
    ("as many entries as 64 bits count", "bbffffffffffffffff", .tooLarge),
    ("as many bytes as 64 bits count", "5bffffffffffffffff", .tooLarge),
    ("as much text as 64 bits count", "7bffffffffffffffff", .tooLarge),
    ("65536 items in six bytes", "9a0001000000", .malformed),
    ("a surrogate", "63eda080", .malformed),
    ("an overlong slash", "62c0af", .malformed),
    ("half a character", "61c3", .malformed),
    ("beyond Unicode", "64f4908080", .malformed),
]

@Suite struct `CBOR that is not ours` {
    @Test(arguments: nonCanonical)
    func `is refused by its rule`(name: String, hex: String, rule: RefusalRule) {
        let group = [0xA1, 0x00] + bytes(hex)
        #expect(refusal { try ValueCodec.decode(group: group) } == rule)
        var reader = CBORReader(group)
        #expect(refusal { try reader.item(depth: 8) } == rule)
        let payload = [0xA2, 0x00, 0x01, 0x01, 0xA1, 0x0A] + group
        #expect(refusal { try ChangeCodec.decodePayload(payload) } == rule)
    }

    @Test(arguments: [
        ("a number beyond its bound", "18ff", RefusalRule.tooLarge),
        ("text instead of a number", "6161", .malformed), ("nothing", "", .malformed),
    ])
    func `typed reads keep to their type and bound`(name: String, hex: String, rule: RefusalRule) {
        var reader = CBORReader(bytes(hex))
        #expect(refusal { try reader.unsigned(max: 100) } == rule)
        #expect(reader.offset == 0 || rule == .tooLarge)
    }

    @Test func `typed reads of every other type are refused`() {
        let items = ["01", "20", "4101", "6161", "8100", "a10000", "f5"]
        for (index, hex) in items.enumerated() {
            var results: [Bool] = []
            func reading(_ read: (inout CBORReader) throws -> Void) {
                var reader = CBORReader(bytes(hex))
                results.append(refusal { try read(&reader) } == nil)
            }
            reading { _ = try $0.unsigned() }
            reading { _ = try $0.integer() }
            reading { _ = try $0.byteString(max: 9) }
            reading { _ = try $0.text(max: 9) }
            reading { _ = try $0.array(max: 9) }
            reading { _ = try $0.map(max: 9) }
            reading { _ = try $0.bool() }
            let expected = items.indices.map { $0 == index || (index == 0 && $0 == 1) }
            #expect(results == expected, "\(hex)")
        }
    }

    @Test func `nesting is bounded`() {
        func nested(_ depth: Int, _ open: [UInt8]) -> [UInt8] {
            Array((0..<depth).map { _ in open }.joined()) + [0x00]
        }
        for open in [[0x81], [0xA1, 0x00]] as [[UInt8]] {
            let fits = [0xA1, 0x00] + nested(Limits.valueDepth - 1, open)
            let deep = [0xA1, 0x00] + nested(Limits.valueDepth, open)
            let abyss = [0xA1, 0x00] + nested(60_000, open)
            #expect(refusal { try ValueCodec.decode(group: fits) } == nil)
            for bytes in [deep, abyss] {
                #expect(refusal { try ValueCodec.decode(group: bytes) } == .tooLarge)
                var reader = CBORReader(bytes)
                #expect(refusal { try reader.item(depth: Limits.valueDepth) } == .tooLarge)
            }
        }
    }

    @Test func `a message cut anywhere is refused`() throws {
        let seed: UInt64 = 11
        var random = SplitMix64(seed)
        for _ in 0..<20 {
            let header = random.header(in: Fixture.county)
            let headerBytes = ChangeCodec.encode(header)
            let payloadBytes = ChangeCodec.encode(random.payload(for: header))
            let proof = random.proof().encoded
            let clock = random.clock().encoded
            for (name, whole, accepts) in [
                ("header", headerBytes, Decoder.header), ("payload", payloadBytes, .payload),
                ("proof", proof, .proof), ("clock", clock, .clock),
            ] {
                for count in whole.indices {
                    let rule = accepts.refusal(Array(whole[..<count]))
                    #expect(rule != nil, "seed \(seed): \(name) cut at \(count)")
                }
            }
        }
        let segment = Author.example().seal()
        for count in segment.indices {
            #expect(Decoder.segment.refusal(Array(segment[..<count])) == .malformed, "\(count)")
        }
    }

    @Test(arguments: Decoder.allCases)
    func `bytes after the end are refused`(decoder: Decoder) {
        var random = SplitMix64(12)
        let whole = decoder.example(&random)
        #expect(decoder.refusal(whole) == nil)
        // A byte string after a message's head would be a segment.
        #expect(decoder.refusal(whole + [0x00]) == .malformed)
    }
}
