import SyncCore
import Testing
import WireFormat

// Texts are skipped by a check of our own as far as it goes: it must agree with the standard
// library on every sequence.

@Suite struct `Texts` {
    private static func accepts(_ content: [UInt8]) -> Bool {
        var writer = CBORWriter()
        writer.byteString(content)
        var bytes = writer.bytes
        bytes[0] |= 0x20  // a text in place of a byte string
        var reader = CBORReader(bytes)
        return (try? reader.item(depth: 0)) != nil && reader.isAtEnd
    }

    private static func isUTF8(_ content: [UInt8]) -> Bool {
        String(validating: content, as: UTF8.self) != nil
    }

    /// First, last and those beside them of every range that has a meaning.
    private static let telling: [UInt8] = [
        0x00, 0x41, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0,
        0xE1, 0xE4, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
    ]

    @Test func `every sequence of up to four telling bytes`() {
        var sequences: [[UInt8]] = [[]]
        for _ in 1...4 {
            sequences = sequences.flatMap { start in Self.telling.map { start + [$0] } }
            let wrong = sequences.filter { Self.accepts($0) != Self.isUTF8($0) }
            #expect(wrong.isEmpty, "\(wrong.prefix(3).map(\.hex))")
        }
    }

    @Test func `a text does not go on in what follows it`() {
        // Two thirds of a character, then an item that would be the last.
        var reader = CBORReader([0x82, 0x62, 0xE6, 0x9C, 0x80])
        #expect(throws: WireError(.malformed, at: 1)) { try reader.item(depth: 1) }
    }

    @Test func `what follows Chinese text is looked at`() {
        let names = ["青海省", "（食堂）", "a食b", "Ωω", "👩‍🍳", "\u{E000}", "\u{FFFF}"]
        for name in names {
            let bytes = Array("服务".utf8) + Array(name.utf8)
            #expect(Self.accepts(bytes), "\(name)")
            #expect(!Self.accepts(bytes + [0xE6, 0x9C]), "\(name) cut off")
            #expect(!Self.accepts(bytes + [0xED, 0xA0, 0x80]), "\(name) and a surrogate")
            #expect(!Self.accepts(bytes + [0xE0, 0x80, 0x80]), "\(name) and an overlong zero")
        }
    }
}
