import Records
import SyncCore
import WireFormat

extension Vector {
    /// A payload whose group 10 holds one field of this value.
    private static func payload(_ value: String) -> [UInt8] {
        [UInt8](hex: "a2 0001 01a1 0aa1 01" + value)
    }

    private static func item(
        _ rule: String, _ name: String, _ title: String, _ bytes: [UInt8],
        as form: String = "payload",
        _ error: String? = nil
    ) -> Vector {
        if let error {
            return .refuse(
                .decode, rule, name, title, bytes, ["as": .string(form)], ["error": .string(error)])
        }
        return .accept(.decode, rule, name, title, bytes, ["as": .string(form)], ["accepted": true])
    }

    static let encodingCases: [Vector] = [
        item(
            "E1", "shortest-heads", "24 and 256 in their shortest heads", payload("82 1818 190100")),
        item("E1", "long-head", "23 in two bytes", payload("1817"), "not-canonical"),
        item(
            "E1", "long-length", "a text of one byte with a length of two bytes", payload("780161"),
            "not-canonical"),
        item(
            "E1", "indefinite-list", "a list of indefinite length", payload("9fff"), "not-canonical"
        ),
        item(
            "E1", "indefinite-text", "a text of indefinite length", payload("7fff"), "not-canonical"
        ),
        item(
            "E2", "all-kinds", "null, true, false, -1, bytes, text, list, map",
            payload("88 f6f5f420 40 60 80 a0")),
        item("E2", "half-float", "1.0 as a half-precision number", payload("f93c00"), "malformed"),
        item("E2", "double", "1.1 as a double", payload("fb3ff199999999999a"), "malformed"),
        item("E2", "tag", "a tagged time", payload("c11a65a00000"), "malformed"),
        item("E2", "undefined", "undefined", payload("f7"), "malformed"),
        item(
            "E2", "reserved-head", "a head with additional information 28", payload("1c"),
            "malformed"),
        item(
            "E3", "least-and-greatest", "-2^63 and 2^63-1",
            payload("82 3b7fffffffffffffff 1b7fffffffffffffff")),
        item("E3", "above-signed", "2^63", payload("1b8000000000000000"), "too-large"),
        item("E3", "below-signed", "-2^63-1", payload("3b8000000000000000"), "too-large"),
        item(
            "E4", "text", "Chinese, and an emoji beyond the basic plane",
            payload("67 e4beb8 f09f9982")),
        item(
            "E4", "not-normalised", "e with a combining accent stays as it is", payload("63 65cc81")
        ),
        item("E4", "broken-text", "a continuation byte is missing", payload("62c328"), "malformed"),
        item("E4", "surrogate", "a surrogate half in UTF-8", payload("63eda080"), "malformed"),
        item("E4", "overlong", "a slash in two bytes", payload("62c0af"), "malformed"),
        item("E5", "ascending-keys", "keys 0, 1, -1", payload("a3 00f6 01f6 20f6")),
        item("E5", "descending-keys", "keys 1, 0", payload("a2 01f6 00f6"), "not-canonical"),
        item("E5", "same-key-twice", "key 1 twice", payload("a2 01f6 01f6"), "not-canonical"),
        item(
            "E5", "negative-before-positive", "keys -1, 0", payload("a2 20f6 00f6"), "not-canonical"
        ),
        item("E5", "text-key", "a key that is a text", payload("a1 6161 f6"), "malformed"),
        item("E6", "exact-counts", "a list of as many items as it says", payload("83010203")),
        item(
            "E6", "list-too-short", "a list of three items that holds two", payload("830102"),
            "malformed"),
        item(
            "E6", "text-cut-off", "a text of five bytes that holds three", payload("65616263"),
            "malformed"),
        item(
            "E6", "bytes-after-the-end", "one byte more after the payload", payload("01") + [0],
            "malformed"),
        item("E6", "nothing", "no bytes at all", [], "malformed"),
        item("E7", "longest-reason", "a reason of 4096 bytes", reason(4096)),
        item("E7", "too-long-reason", "a reason of 4097 bytes", reason(4097), "too-large"),
        item(
            "E7", "absurd-length", "a text that claims 2^62 bytes", payload("7b4000000000000000"),
            "too-large"),
        item(
            "E8", "nothing-optional", "a payload without values and reason", [UInt8](hex: "a1 0001")
        ),
        item("E8", "empty-list-as-value", "an empty list is a value like any other", payload("80")),
        item(
            "E8", "empty-values", "an empty map of values", [UInt8](hex: "a2 0001 01a0"),
            "not-canonical"),
    ]

    private static func reason(_ byteCount: Int) -> [UInt8] {
        cbor { writer in
            writer.raw([UInt8](hex: "a2 0001 02"))
            writer.text(String(repeating: "a", count: byteCount))
        }
    }

    // MARK: Names

    static func rawLog(
        node: String = "630000-hub", _ incarnation: UInt64 = 5, scope: String = "province",
        lane: UInt64 = 1
    ) -> [UInt8] {
        cbor { writer in
            writer.array(count: 4)
            writer.text(node)
            writer.unsigned(incarnation)
            writer.text(scope)
            writer.unsigned(lane)
        }
    }

    private static func reference(_ sequence: UInt64, prefix: [UInt8] = Array(1...8)) -> [UInt8] {
        cbor { writer in
            writer.array(count: 3)
            writer.raw(rawLog())
            writer.unsigned(sequence)
            writer.byteString(prefix)
        }
    }

    private static func clock(_ entries: [(log: [UInt8], tips: [(UInt64, UInt8)])]) -> [UInt8] {
        cbor { writer in
            writer.array(count: entries.count)
            for entry in entries {
                writer.array(count: 2)
                writer.raw(entry.log)
                writer.array(count: entry.tips.count)
                for (sequence, byte) in entry.tips {
                    writer.array(count: 2)
                    writer.unsigned(sequence)
                    writer.byteString([UInt8](repeating: byte, count: 32))
                }
            }
        }
    }

    private static func shortID(
        _ name: String, _ title: String, _ text: String, isValid: Bool
    ) -> Vector {
        let input = cbor { $0.text(text) }
        return isValid
            ? .accept(.shortID, "N9", name, title, input, [:], ["accepted": true])
            : .refuse(.shortID, "N9", name, title, input, [:], ["error": "malformed"])
    }

    private static let sample = ShortID(
        Reference(log: Cast.log(Cast.first), sequence: 300, prefix: 0x0102_0304_0506_0708)
    ).description

    static let nameCases: [Vector] = [
        item(
            "N1", "node", "letters, digits, a hyphen, 15 bytes", rawLog(node: "a-0123456789-zz"),
            as: "log"),
        item(
            "N1", "capitals", "capital letters", rawLog(node: "630000-HUB"), as: "log", "malformed"),
        item("N1", "empty", "an empty name", rawLog(node: ""), as: "log", "malformed"),
        item(
            "N1", "sixteen-bytes", "a name of 16 bytes", rawLog(node: "0123456789abcdef"),
            as: "log", "too-large"),
        item("N2", "county", "a county's scope", rawLog(scope: "county/632521"), as: "log"),
        item(
            "N2", "five-digits", "a county of five digits", rawLog(scope: "county/63252"),
            as: "log", "unsupported"),
        item(
            "N2", "city", "a scope of another kind", rawLog(scope: "city/632521"), as: "log",
            "unsupported"),
        item("N3", "events", "lane 2", rawLog(lane: 2), as: "log"),
        item("N3", "unknown-lane", "lane 3", rawLog(lane: 3), as: "log", "unsupported"),
        item("N4", "greatest-incarnation", "incarnation 2^64-1", rawLog(.max), as: "log"),
        item(
            "N4", "three-items", "a log of three items", [0x83] + rawLog().dropFirst().dropLast(),
            as: "log", "malformed"),
        item(
            "N5", "lane-scope-node-incarnation",
            "a control log before a records log of a lower node",
            clock([
                (rawLog(node: "z", lane: 0), [(1, 1)]), (rawLog(node: "b", 9), [(1, 1)]),
                (rawLog(node: "a", 1, scope: "county/000001"), [(1, 1)]),
                (rawLog(node: "a", 2, scope: "county/000001"), [(1, 1)]),
            ]), as: "clock"),
        item(
            "N5", "node-before-lane", "a records log before a control log of a higher node",
            clock([(rawLog(node: "a"), [(1, 1)]), (rawLog(node: "b", lane: 0), [(1, 1)])]),
            as: "clock",
            "not-canonical"),
        item(
            "N5", "longer-name-first", "node ab before node a",
            clock([(rawLog(node: "ab"), [(1, 1)]), (rawLog(node: "a"), [(1, 1)])]), as: "clock",
            "not-canonical"),
        item("N6", "greatest-sequence", "sequence 2^40-1", reference(1 << 40 - 1), as: "reference"),
        item("N6", "zero", "sequence 0", reference(0), as: "reference", "malformed"),
        item("N6", "too-large", "sequence 2^40", reference(1 << 40), as: "reference", "too-large"),
        item("N7", "reference", "log, sequence, eight bytes", reference(300), as: "reference"),
        item(
            "N7", "seven-bytes", "a prefix of seven bytes", reference(1, prefix: Array(1...7)),
            as: "reference", "malformed"),
        item(
            "N8", "forked", "two tips at one sequence, by hash",
            clock([(rawLog(), [(3, 9), (7, 1), (7, 2)])]), as: "clock"),
        item("N8", "empty", "an empty clock", clock([]), as: "clock"),
        item(
            "N8", "tips-descending", "the higher hash first",
            clock([(rawLog(), [(7, 2), (7, 1)])]), as: "clock", "not-canonical"),
        item(
            "N8", "same-log-twice", "one log in two entries",
            clock([(rawLog(), [(1, 1)]), (rawLog(), [(2, 1)])]), as: "clock", "not-canonical"),
        item(
            "N8", "no-tips", "a log without tips", clock([(rawLog(), [])]), as: "clock", "malformed"
        ),
        shortID("short-id", "the short id of sequence 300", sample, isValid: true),
        shortID("as-typed", "in capitals, with o for 0, and l and i for 1", asTyped, isValid: true),
        shortID("not-in-the-alphabet", "with a u", "u" + sample.dropFirst(), isValid: false),
        shortID("padding-bits", "the bits that fill up are not zero", paddedWrong, isValid: false),
        shortID("leading-zero", "a sequence with a leading zero byte", leadingZero, isValid: false),
        shortID("too-short", "seven bytes", Base32.encode([UInt8](1...7)), isValid: false),
    ]

    private static let asTyped = String(
        sample.uppercased().map { $0 == "0" ? "o" : $0 == "1" ? "l" : $0 })
    /// Nine bytes leave three bits over.
    private static let paddedWrong: String = {
        let text = Base32.encode([1, 2, 3, 4, 1, 44, 1, 2, 0])
        return text.dropLast() + "1"
    }()
    private static let leadingZero = Base32.encode([1, 2, 3, 4, 0, 44, 1, 2, 3])
}
