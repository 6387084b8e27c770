import SyncCore
import Testing
import WireFormat

// Diagnostic notation shows any bytes: all of CBOR as the standard does, and where it breaks off.

private let vectors: [(hex: String, text: String)] = [
    // RFC 8949 Appendix A.
    ("00", "0"), ("1818", "24"), ("1b000000e8d4a51000", "1000000000000"),
    ("1bffffffffffffffff", "18446744073709551615"),
    ("3bffffffffffffffff", "-18446744073709551616"), ("3903e7", "-1000"),
    ("c249010000000000000000", "2(h'010000000000000000')"), ("f90000", "0.0"), ("f98000", "-0.0"),
    ("f93c00", "1.0"), ("fb3ff199999999999a", "1.1"), ("f93e00", "1.5"), ("f97bff", "65504.0"),
    ("fa47c35000", "100000.0"), ("fb7e37e43c8800759c", "1e+300"),
    ("f90001", "5.960464477539063e-08"), ("f90400", "6.103515625e-05"), ("f9c400", "-4.0"),
    ("f97c00", "Infinity"), ("f97e00", "NaN"), ("f9fc00", "-Infinity"), ("fa7f800000", "Infinity"),
    ("fb7ff8000000000000", "NaN"), ("f4", "false"), ("f5", "true"), ("f6", "null"),
    ("f7", "undefined"), ("f0", "simple(16)"), ("f8ff", "simple(255)"),
    ("c11a514b67b0", "1(1363896240)"), ("d74401020304", "23(h'01020304')"), ("40", "h''"),
    ("60", #""""#), ("62225c", #""\"\\""#), ("63e6b0b4", #""水""#), ("64f0908591", #""𐅑""#),
    ("83010203", "[1, 2, 3]"), ("8301820203820405", "[1, [2, 3], [4, 5]]"), ("a0", "{}"),
    ("a201020304", "{1: 2, 3: 4}"), ("826161a161626163", #"["a", {"b": "c"}]"#),
    ("5f42010243030405ff", "(_ h'0102', h'030405')"),
    ("7f657374726561646d696e67ff", #"(_ "strea", "ming")"#), ("9fff", "[_ ]"),
    ("9f018202039f0405ffff", "[_ 1, [2, 3], [_ 4, 5]]"),
    ("bf61610161629f0203ffff", #"{_ "a": 1, "b": [_ 2, 3]}"#),
    // Heads longer than needed.
    ("1800", "0_0"), ("190017", "23_1"), ("1a00000000", "0_2"), ("3b0000000000000000", "-1_3"),
    ("580100", "h'00'_0"), ("78016b", #""k"_0"#), ("980100", "[_0 0]"), ("b8010000", "{_0 0: 0}"),
    ("d80100", "1_0(0)"),
    // Sequences.
    ("", ""), ("0001", "0, 1"), ("a0414180", "{}, h'41', []"),
    // What breaks off.
    ("8200", "[0, / truncated at 2 /"), ("19ff", "/ truncated at 0 /"),
    ("4201", "/ truncated at 0 /"),
    ("9f00", "[_ 0, / truncated at 2 /"), ("1c", "/ malformed at 0 /"),
    ("82ff", "[/ malformed at 1 /"),
    ("ff", "/ malformed at 0 /"), ("f818", "/ malformed at 0 /"), ("1f", "/ malformed at 0 /"),
    ("5f00ff", "(_ / malformed at 1 /"), ("df00", "/ malformed at 0 /"),
    ("9bffffffffffffffff", "[/ truncated at 9 /"), ("5bffffffffffffffff", "/ truncated at 0 /"),
    ("61ff", "/ not UTF-8 / h'ff'"), ("61", "/ truncated at 0 /"),
    // Text that would leave its line, or turn it around.
    ("630a0d09", #""\n\r\t""#), ("6100", #""\u0000""#), ("617f", #""\u007f""#),
    ("63e280ae", #""\u202e""#), ("63e280a8", #""\u2028""#), ("6120", #"" ""#),
]

@Suite struct `Diagnostic notation` {
    @Test(arguments: vectors)
    func `shows any bytes`(hex: String, text: String) {
        #expect(DebugText.diagnostic(of: bytes(hex)) == text)
    }

    @Test func `is bounded in depth`() {
        for open in [[0x81], [0x9F], [0xA1, 0x00], [0xC0]] as [[UInt8]] {
            let text = DebugText.diagnostic(of: Array((0..<100_000).map { _ in open }.joined()))
            #expect(text.contains("/ nested too deeply at "))
            #expect(text.utf8.count < 300)
        }
    }

    @Test func `is bounded in length`() {
        let long = cbor { $0.byteString(Array(repeating: 7, count: 500_000)) }
        #expect(DebugText.diagnostic(of: long) == "/ cut off, 500005 bytes in all /")
        let many = [UInt8](repeating: 0, count: 500_000)
        let text = DebugText.diagnostic(of: many, maxCharacters: 20)
        #expect(text == "0, 0, 0, 0, 0, 0, 0/ cut off, 500000 bytes in all /")
    }
}
