import SyncCore
import WireFormat

/// CBOR as a listing: each head with its bytes and what it says, nested by blanks.
struct AnnotatedHex {
    private let bytes: [UInt8]
    private var offset = 0
    private(set) var lines: [String] = []
    /// Where explanations begin.
    private static let column = 44
    private static let bytesPerLine = 16

    static func lines(_ bytes: [UInt8]) -> [String] {
        var listing = AnnotatedHex(bytes: bytes)
        while listing.offset < bytes.count { listing.item(depth: 0) }
        return listing.lines
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func head() -> (major: UInt8, argument: UInt64, bytes: ArraySlice<UInt8>) {
        let start = offset
        let first = bytes[offset]
        offset += 1
        var argument = UInt64(first & 31)
        if argument >= 24 {
            let count = 1 << Int(argument - 24)
            argument = bytes[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
            offset += count
        }
        return (first >> 5, argument, bytes[start..<offset])
    }

    private mutating func item(depth: Int) {
        let head = head()
        let argument = Int(truncatingIfNeeded: head.argument)
        switch head.major {
        case 0: line(head.bytes, "\(head.argument)", depth)
        case 1: line(head.bytes, "\(-1 - argument)", depth)
        case 2:
            line(head.bytes, "\(argument) bytes", depth)
            content(argument, depth + 1)
        case 3:
            let text = String(decoding: bytes[offset..<offset + argument], as: UTF8.self)
            line(head.bytes, "text “\(text)”", depth)
            content(argument, depth + 1)
        case 4:
            line(head.bytes, "list of \(argument)", depth)
            for _ in 0..<argument { item(depth: depth + 1) }
        case 5:
            line(head.bytes, "map of \(argument)", depth)
            for _ in 0..<(2 * argument) { item(depth: depth + 1) }
        default: line(head.bytes, ["false", "true", "null"][argument - 20], depth)
        }
    }

    private mutating func content(_ count: Int, _ depth: Int) {
        let end = offset + count
        while offset < end {
            let next = min(offset + Self.bytesPerLine, end)
            line(bytes[offset..<next], "", depth)
            offset = next
        }
    }

    private mutating func line(_ bytes: ArraySlice<UInt8>, _ meaning: String, _ depth: Int) {
        let left = String(repeating: " ", count: depth) + bytes.hex
        guard !meaning.isEmpty else { return lines.append(left) }
        let blanks = max(Self.column - left.count, 2)
        lines.append(left + String(repeating: " ", count: blanks) + meaning)
    }
}
