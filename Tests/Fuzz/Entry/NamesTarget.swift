import Foundation
import Records
import SyncCore

/// Names as they come in addresses and queries. What is taken has one spelling, by bytes: it is a
/// key of tables and part of what is signed.
enum NamesTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        guard let raw = String(validating: bytes, as: UTF8.self) else { return }
        try text(raw)
        // As the API takes a parameter of a path.
        if let decoded = raw.removingPercentEncoding { try text(decoded) }
        for part in raw.split(whereSeparator: { "&=?/.".contains($0) }) { try text(String(part)) }
    }

    private static func text(_ text: String) throws(Violation) {
        let bytes = Array(text.utf8)
        func same(_ name: String) -> Bool { Array(name.utf8) == bytes }

        if let slot = ConflictSlot(text) { try require(same(slot.name), "one name for a slot") }
        if let scope = Scope(text) { try require(same(scope.description), "one for a scope") }
        if let node = NodeID(text) { try require(same(node.name), "one for a node") }
        if let date = CivilDate(text) { try require(same(date.description), "one for a day") }
        if AuthorCode.isValid(text) {
            try require(bytes.count <= Limits.authorBytes, "an author's code is bounded")
        }
        if let uscc = try? USCC(text) {
            try require(uscc.code.utf8.count == 18, "a credit code is 18 bytes")
            _ = uscc.warnings
        }
        try base32(text)
        if let id = ShortID(text) {
            try require(ShortID(id.description) == id, "a short id is read as it is written")
            try require(bytes.count <= 20, "a short id is short")
        }
        _ = Reason.read(text)
        _ = Divisions.isKnown(text)
    }

    /// Of tokens, cursors and short ids.
    private static func base32(_ text: String) throws(Violation) {
        guard let decoded = Base32.decode(text) else { return }
        let again = Base32.encode(decoded)
        try require(Base32.decode(again) == decoded, "base 32 is read as it is written")
        let folded = text.utf8.map { byte -> UInt8 in
            switch byte | 0x20 {
            case UInt8(ascii: "o"): UInt8(ascii: "0")
            case UInt8(ascii: "i"), UInt8(ascii: "l"): UInt8(ascii: "1")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte | 0x20
            default: byte
            }
        }
        try require(folded == Array(again.utf8), "only case and three letters are folded")
    }
}
