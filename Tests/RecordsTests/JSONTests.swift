import Records
import SyncCore
import Testing

@Suite struct `JSON of the API` {
    private func parse(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

    private func fault(_ bytes: [UInt8]) -> JSONFault? {
        do throws(JSONFault) {
            _ = try JSON(parsing: bytes)
            return nil
        } catch { return error }
    }

    private func fault(_ text: String) -> JSONFault? { fault(Array(text.utf8)) }

    @Test func `survives a round trip`() throws {
        let json: JSON = [
            "none": nil, "flag": true, "one": 1, "max": .integer(.max), "min": .integer(.min),
            "text": "共和县 \u{0}\u{1F}\u{7F}\"\\/\u{2028}😀", "list": [1, "a", nil, [false]],
            "object": ["a": ["b": 0]], "": [:], "empty": [],
        ]
        #expect(try JSON(parsing: json.encoded) == json)
    }

    @Test func `is written without spaces, members by name`() {
        let json: JSON = [
            "b": [1, -2, nil], "a": ["c": true, "": [:]], "文": "\"\\/\u{8}\t\n\u{C}\r\u{1}\u{1F}é",
        ]
        #expect(
            String(decoding: json.encoded, as: UTF8.self)
                == #"{"a":{"":{},"c":true},"b":[1,-2,null],"文":"\"\\/\b\t\n\f\r\u0001\u001fé"}"#)
    }

    @Test func `takes what the grammar allows`() throws {
        #expect(
            try parse(" \r\n\t[ 1 , -0, -12 ,{ \"a\" : null } , true,false ] ")
                == [1, 0, -12, ["a": nil], true, false])
        #expect(
            try parse(#""\"\\\/\b\f\n\r\t\u5171\uD83D\ude00""#)
                == "\"\\/\u{8}\u{C}\n\r\t共😀")
        #expect(try parse("7") == 7)
        #expect(try parse("{}") == [:])
    }

    @Test(
        arguments: [
            ("9223372036854775808", ""), ("-9223372036854775809", ""), ("1.5", ""), ("1.0", ""),
            ("{\"a\":{\"b\":[0,1e-3]}}", "a.b[1]"), ("{\"rating\":1e999}", "rating"),
            ("[[1],[2.5]]", "[1][0]"),
        ])
    func `names the place of a number that is not whole or exceeds 64 bits`(
        text: String, path: String
    ) {
        #expect(fault(text)?.rule == .number)
        #expect(fault(text)?.path == path)
    }

    @Test(
        arguments: [
            ("", 0), (" ", 1), ("{", 1), ("[1,]", 3), ("{\"a\":1,}", 7), ("{a:1}", 1), ("NaN", 0),
            ("nul", 3), ("Infinity", 0), ("-", 1), ("01", 1), ("1.", 2), (".5", 0), ("1e", 2),
            ("+1", 0), ("0x10", 1), ("'a'", 0), ("\"a", 2), ("\"\n\"", 1), (#""\x""#, 1),
            (#""\u12G4""#, 5), ("[] []", 3), ("{}\u{0}", 2), ("[1 2]", 3), ("{\"a\" 1}", 5),
            ("\u{FEFF}{}", 0), ("\"\\", 1), ("1.5]", 3), ("[1,\u{A0}2]", 3), ("//\n1", 0),
        ] as [(String, Int)])
    func `refuses what is no JSON, and says where`(text: String, offset: Int) {
        #expect(fault(text) == JSONFault(rule: .syntax, offset: offset))
    }

    @Test func `refuses a name that comes twice, however it is written`() {
        #expect(
            fault(#"{"a":1,"b":2,"a":3}"#) == JSONFault(rule: .duplicateKey, offset: 13))
        #expect(fault(#"{"x":{"name":1,"\u006eame":2}}"#)?.rule == .duplicateKey)
        #expect(fault(#"[{"a":1},{"a":1}]"#) == nil)
    }

    @Test(arguments: [
        #""\uD800""#, #""\uDC00""#, #""\uD800\uD800""#, #""\uD800x""#, #""\ud83d\n""#,
    ])
    func `refuses half a pair of surrogates`(text: String) {
        #expect(fault(text) == JSONFault(rule: .encoding, offset: 1))
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xE5, 0x85], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        ] as [[UInt8]])
    func `refuses what is no UTF-8`(bytes: [UInt8]) {
        #expect(fault([0x22] + bytes + [0x22])?.rule == .encoding)
        #expect(fault(bytes)?.rule == .syntax)
    }

    @Test func `goes thirty-two deep and no deeper`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(fault(nested(32)) == nil)
        #expect(fault(nested(33)) == JSONFault(rule: .depth, offset: 32))
        #expect(fault(String(repeating: "{\"a\":", count: 100_000))?.rule == .depth)
    }

    @Test func `never traps on what it is given`() {
        var random = SplitMix(state: 2026)
        let seeds = [
            #"{"name":"青海\u6e56\uD83D\uDE00","list":[1,-2.5e+3,true,null,{"a":{}}],"n":9223372036854775807}"#,
            #"[[[[[["\\\"\/\b"]]]]]]"#,
        ].map { Array($0.utf8) }
        var refused = 0
        for round in 0..<40_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0...Int(random.next() % 4) where !bytes.isEmpty {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                case 2: bytes.removeLast(bytes.count - place)
                default: bytes.insert(bytes[Int(random.next() % UInt64(bytes.count))], at: place)
                }
            }
            guard let fault = fault(bytes) else { continue }
            refused += 1
            #expect((0...bytes.count).contains(fault.offset))
        }
        for _ in 0..<20_000 {
            let count = Int(random.next() % 24)
            let alphabet = Array("{}[]\",:\\u0D8e-+.1tfn \u{80}".utf8)
            let bytes = (0..<count).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))]
            }
            if fault(bytes) != nil { refused += 1 }
        }
        #expect(refused > 30_000)
    }

    @Test func `is reached into without surprises`() {
        let json: JSON = ["a": [1, ["b": "c"]]]
        #expect(json["a"]?[1]?["b"]?.string == "c")
        #expect(json["a"]?[0]?.integer == 1)
        #expect(json["a"]?[2] == nil && json["x"] == nil && json[0] == nil)
        #expect(json["a"]?[0]?.string == nil && json["a"]?[0]?.bool == nil)
    }
}

/// Random numbers that a failure can be repeated with.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
