import SyncCore
import WireFormat

/// The reader of deterministic CBOR, by all kinds of items, and the printer that reads any CBOR.
enum CBORTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        var whole: Range<Int>?
        for depth in [0, 1, Limits.valueDepth] {
            var reader = CBORReader(bytes)
            guard let range = try? reader.item(depth: depth) else {
                try require(whole == nil, "what fits \(depth) levels fits more")
                continue
            }
            try require(
                range.lowerBound == 0 && !range.isEmpty && range.upperBound <= bytes.count,
                "an item lies in its bytes")
            try require(whole == nil || whole == range, "an item's length knows no depth")
            whole = range
        }
        if let whole { try copy(bytes, whole) }
        try group(bytes, isItem: whole == bytes.indices)
        let text = DebugText.diagnostic(of: bytes, maxCharacters: 100)
        try require(text.utf8.count <= 160, "a diagnostic stays bounded")
    }

    /// Read part by part and written again, an item is the same bytes.
    private static func copy(_ bytes: [UInt8], _ range: Range<Int>) throws(Violation) {
        var reader = CBORReader(bytes, range: range)
        var writer = CBORWriter()
        do throws(WireError) { try copyItem(&reader, &writer) } catch {
            throw Violation("an item that passes is refused by its parts: \(error)")
        }
        try require(reader.isAtEnd, "the parts of an item are the item")
        try require(writer.bytes == Array(bytes[range]), "an item has one encoding")
    }

    private static func copyItem(
        _ reader: inout CBORReader, _ writer: inout CBORWriter
    ) throws(WireError) {
        switch reader.bytes[reader.offset] >> 5 {
        case 0, 1: writer.integer(try reader.integer())
        case 2: writer.byteString(try reader.byteString(max: Limits.changeBytes))
        case 3: writer.text(try reader.text(max: Limits.changeBytes))
        case 4:
            let count = try reader.array(max: Limits.changeBytes)
            writer.array(count: count)
            for _ in 0..<count { try copyItem(&reader, &writer) }
        case 5:
            let count = try reader.map(max: Limits.changeBytes)
            writer.map(count: count)
            for _ in 0..<count {
                writer.integer(try reader.integer())
                try copyItem(&reader, &writer)
            }
        default: if reader.null() { writer.null() } else { writer.bool(try reader.bool()) }
        }
    }

    /// Two readers of one form: what an item passes is a value, and the other way round.
    private static func group(_ bytes: [UInt8], isItem: Bool) throws(Violation) {
        let isMap = isItem && bytes[0] >> 5 == 5
        guard let entries = try? ValueCodec.decode(group: bytes) else {
            return try require(!isMap, "a map that passes as an item is a group's value")
        }
        try require(isMap, "a group's value passes as an item")
        try require(ValueCodec.encode(group: entries) == bytes, "a value has one encoding")
    }
}
