import SyncCore
import Testing
import WireFormat

// The standard's own examples: those of our subset survive a round trip, the others are refused.

/// RFC 8949 Appendix A, in diagnostic notation, as far as field values can hold it.
private let supported: [(hex: String, value: Value)] = [
    ("00", .integer(0)), ("01", .integer(1)), ("0a", .integer(10)), ("17", .integer(23)),
    ("1818", .integer(24)), ("1819", .integer(25)), ("1864", .integer(100)),
    ("1903e8", .integer(1000)), ("1a000f4240", .integer(1_000_000)),
    ("1b000000e8d4a51000", .integer(1_000_000_000_000)),
    ("1b7fffffffffffffff", .integer(.max)), ("3b7fffffffffffffff", .integer(.min)),
    ("20", .integer(-1)), ("29", .integer(-10)), ("3863", .integer(-100)),
    ("3903e7", .integer(-1000)), ("f4", .bool(false)), ("f5", .bool(true)), ("f6", .null),
    ("40", .bytes([])), ("4401020304", .bytes([1, 2, 3, 4])), ("60", .text("")),
    ("6161", .text("a")), ("6449455446", .text("IETF")), ("62225c", .text("\"\\")),
    ("62c3bc", .text("ü")), ("63e6b0b4", .text("水")), ("64f0908591", .text("𐅑")),
    ("80", .list([])), ("83010203", .list([.integer(1), .integer(2), .integer(3)])),
    (
        "8301820203820405",
        .list([
            .integer(1), .list([.integer(2), .integer(3)]), .list([.integer(4), .integer(5)]),
        ])
    ),
    (
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
        .list((1...25).map { .integer($0) })
    ),
    ("a0", .map([])), ("a201020304", .map([.init(1, .integer(2)), .init(3, .integer(4))])),
]

/// Valid CBOR of Appendix A that we refuse, by rule.
private let unsupported: [(hex: String, rule: RefusalRule)] = [
    ("1bffffffffffffffff", .tooLarge), ("3bffffffffffffffff", .tooLarge),
    ("c249010000000000000000", .malformed), ("c349010000000000000000", .malformed),
    ("f90000", .malformed), ("f93c00", .malformed), ("fb3ff199999999999a", .malformed),
    ("fa47c35000", .malformed), ("f97e00", .malformed), ("f7", .malformed), ("f0", .malformed),
    ("f8ff", .malformed), ("c11a514b67b0", .malformed), ("d74401020304", .malformed),
    ("d818456449455446", .malformed), ("5f42010243030405ff", .notCanonical),
    ("7f657374726561646d696e67ff", .notCanonical), ("9fff", .notCanonical),
    ("9f018202039f0405ffff", .notCanonical), ("83018202039f0405ff", .notCanonical),
    ("bf61610161629f0203ffff", .notCanonical), ("826161bf61626163ff", .notCanonical),
]

/// Text keys: skipped over whole, since a later version may use them.
private let textKeyed = [
    "a26161016162820203", "826161a161626163", "a56161614161626142616361436164614461656145",
]

@Suite struct `RFC 8949 examples` {
    @Test(arguments: supported)
    func `a supported example survives a round trip`(hex: String, value: Value) throws {
        // A field value is always inside a group.
        let group = [0xA1, 0x00] + bytes(hex)
        #expect(try ValueCodec.decode(group: group) == [Value.Entry(0, value)])
        #expect(ValueCodec.encode(group: [Value.Entry(0, value)]) == group)
        var reader = CBORReader(group)
        #expect(try reader.item(depth: 4) == group.indices)
    }

    @Test(arguments: unsupported)
    func `an unsupported example is refused`(hex: String, rule: RefusalRule) {
        let group = [0xA1, 0x00] + bytes(hex)
        #expect(refusal { try ValueCodec.decode(group: group) } == rule, "\(hex)")
        var reader = CBORReader(group)
        #expect(refusal { try reader.item(depth: 4) } == rule, "\(hex)")
    }

    @Test(arguments: textKeyed)
    func `maps with text keys are refused, since fields have numbers`(hex: String) {
        var reader = CBORReader(bytes(hex))
        #expect(refusal { try reader.item(depth: 4) } == .malformed)
    }

    @Test(
        arguments: [
            0, 23, 24, 255, 256, 65_535, 65_536, 0xFFFF_FFFF, 1 << 32, .max,
        ] as [UInt64])
    func `every number has its shortest head`(number: UInt64) throws {
        let encoded = cbor { $0.unsigned(number) }
        let expected =
            number < 24 ? 1 : number < 256 ? 2 : number < 65_536 ? 3 : number < 1 << 32 ? 5 : 9
        #expect(encoded.count == expected)
        var reader = CBORReader(encoded)
        #expect(try reader.unsigned() == number)
    }
}

/// The rule by which a decoder refused, nil if it accepted.
func refusal<Result>(_ decode: () throws -> Result) -> RefusalRule? {
    do {
        _ = try decode()
        return nil
    } catch let error as WireError {
        return error.rule
    } catch let error as Refusal {
        return error.rule
    } catch {
        preconditionFailure("decoders throw nothing else: \(error)")
    }
}
