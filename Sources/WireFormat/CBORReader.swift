import SyncCore

/// What is wrong with bytes, and where.
public struct WireError: Error, Hashable, Sendable {
    public let rule: RefusalRule
    /// Offset of the offending byte.
    public let offset: Int

    public init(_ rule: RefusalRule, at offset: Int) {
        self.rule = rule
        self.offset = offset
    }
}

/// Reads deterministic CBOR (RFC 8949 §4.2.1) and nothing else: a longer head than needed, an
/// indefinite length, a tag, a floating point number or an unordered map is refused. Every
/// length is checked against what is left before anything is allocated; nothing traps.
public struct CBORReader {
    public let bytes: [UInt8]
    public private(set) var offset: Int
    /// Exclusive end of what may be read.
    public let end: Int

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = 0
        end = bytes.count
    }

    public init(_ bytes: [UInt8], range: Range<Int>) {
        precondition(range.upperBound <= bytes.count)
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
    }

    public var isAtEnd: Bool { offset == end }

    public func fail(_ rule: RefusalRule) -> WireError { WireError(rule, at: offset) }

    public func expectEnd() throws(WireError) {
        if offset != end { throw fail(.malformed) }
    }

    @inline(__always)
    private mutating func head() throws(WireError) -> (major: UInt8, argument: UInt64) {
        guard offset < end else { throw fail(.malformed) }
        let first = bytes[offset]
        let major = first >> 5
        let short = first & 31
        if short < 24 {
            offset += 1
            return (major, UInt64(short))
        }
        return (major, try longArgument(short))
    }

    private mutating func longArgument(_ short: UInt8) throws(WireError) -> UInt64 {
        guard short <= 27 else { throw fail(short == 31 ? .notCanonical : .malformed) }
        let byteCount = 1 << Int(short - 24)
        guard end - offset > byteCount else { throw fail(.malformed) }
        var argument: UInt64 = 0
        for index in 1...byteCount { argument = argument << 8 | UInt64(bytes[offset + index]) }
        let least: UInt64 = short == 24 ? 24 : 1 << (UInt64(byteCount) * 4)
        guard argument >= least else { throw fail(.notCanonical) }
        offset += 1 + byteCount
        return argument
    }

    @inline(__always)
    private mutating func head(_ major: UInt8) throws(WireError) -> UInt64 {
        let start = offset
        let head = try head()
        guard head.major == major else {
            offset = start
            throw fail(.malformed)
        }
        return head.argument
    }

    public mutating func unsigned(max: UInt64 = .max) throws(WireError) -> UInt64 {
        let start = offset
        let value = try head(0)
        if value > max { throw WireError(.tooLarge, at: start) }
        return value
    }

    public mutating func integer() throws(WireError) -> Int64 {
        let start = offset
        let head = try head()
        guard head.major <= 1, head.argument <= UInt64(Int64.max) else {
            throw WireError(head.major <= 1 ? .tooLarge : .malformed, at: start)
        }
        return head.major == 0 ? Int64(head.argument) : ~Int64(head.argument)
    }

    /// Where a byte string's content lies.
    public mutating func byteRange(max: Int) throws(WireError) -> Range<Int> {
        let start = offset
        let length = try head(2)
        return try take(length, max: max, start: start)
    }

    private mutating func take(_ length: UInt64, max: Int, start: Int) throws(WireError) -> Range<
        Int
    > {
        guard length <= UInt64(max) else { throw WireError(.tooLarge, at: start) }
        guard length <= UInt64(end - offset) else { throw WireError(.malformed, at: start) }
        let range = offset..<(offset + Int(length))
        offset = range.upperBound
        return range
    }

    public mutating func byteString(max: Int) throws(WireError) -> [UInt8] {
        Array(bytes[try byteRange(max: max)])
    }

    public mutating func digest() throws(WireError) -> Digest {
        let start = offset
        let range = try byteRange(max: Digest.byteCount)
        guard let digest = Digest(bytes: bytes[range]) else {
            throw WireError(.malformed, at: start)
        }
        return digest
    }

    public mutating func text(max: Int) throws(WireError) -> String {
        let start = offset
        let length = try head(3)
        let range = try take(length, max: max, start: start)
        guard let text = try? UTF8Span(validating: bytes.span.extracting(range)) else {
            throw WireError(.malformed, at: start)
        }
        return String(copying: text)
    }

    /// Checks a text without keeping it.
    private mutating func skipText() throws(WireError) {
        let start = offset
        let length = try head(3)
        let range = try take(length, max: Limits.changeBytes, start: start)
        guard isUTF8(range) else { throw WireError(.malformed, at: start) }
    }

    /// ASCII and characters of three bytes, of which Chinese text is made, need no tables. From the
    /// first other one on the standard library decides, also after E0 and ED, where not every
    /// continuation is valid.
    private func isUTF8(_ range: Range<Int>) -> Bool {
        let text = bytes.span.extracting(range)
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                index += 1
            } else if byte > 0xE0, byte < 0xF0, byte != 0xED, text.count - index >= 3,
                text[index + 1] & 0xC0 == 0x80, text[index + 2] & 0xC0 == 0x80
            {
                index += 3
            } else {
                return (try? UTF8Span(validating: text.extracting(index...))) != nil
            }
        }
        return true
    }

    public mutating func array(max: Int) throws(WireError) -> Int { try count(4, max: max) }
    public mutating func map(max: Int) throws(WireError) -> Int { try count(5, max: max) }

    private mutating func count(_ major: UInt8, max: Int) throws(WireError) -> Int {
        let start = offset
        let count = try head(major)
        guard count <= UInt64(max) else { throw WireError(.tooLarge, at: start) }
        // Each element takes a byte at least, so a lying count cannot make us allocate.
        guard count <= UInt64(end - offset) else { throw WireError(.malformed, at: start) }
        return Int(count)
    }

    public mutating func bool() throws(WireError) -> Bool {
        guard offset < end, bytes[offset] == 0xF4 || bytes[offset] == 0xF5 else {
            throw fail(.malformed)
        }
        offset += 1
        return bytes[offset - 1] == 0xF5
    }

    /// True, and past it, if a null comes next.
    public mutating func null() -> Bool {
        guard offset < end, bytes[offset] == 0xF6 else { return false }
        offset += 1
        return true
    }

    /// The next map key, which must be above the one before.
    public mutating func key(after last: inout UInt64?) throws(WireError) -> UInt64 {
        let start = offset
        let key = try head(0)
        if let last, key <= last { throw WireError(.notCanonical, at: start) }
        last = key
        return key
    }

    /// Checks one item of any kind, and says where it lies.
    public mutating func item(depth: Int) throws(WireError) -> Range<Int> {
        let start = offset
        try skip(depth: depth)
        return start..<offset
    }

    /// Byte by byte, as keys of maps are ordered.
    func precedes(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        for (left, right) in zip(a, b) where bytes[left] != bytes[right] {
            return bytes[left] < bytes[right]
        }
        return a.count < b.count
    }

    private mutating func skip(depth: Int) throws(WireError) {
        let start = offset
        guard offset < end else { throw fail(.malformed) }
        switch bytes[offset] >> 5 {
        case 0, 1: _ = try integer()
        case 2: _ = try byteRange(max: Limits.changeBytes)
        case 3: try skipText()
        case 4:
            guard depth > 0 else { throw WireError(.tooLarge, at: start) }
            for _ in 0..<(try array(max: Limits.changeBytes)) { try skip(depth: depth - 1) }
        case 5:
            guard depth > 0 else { throw WireError(.tooLarge, at: start) }
            var last: Range<Int>?
            for _ in 0..<(try map(max: Limits.changeBytes)) {
                // Fields have numbers: a newer version adds numbers, never names.
                let key = offset
                _ = try integer()
                if let last, !precedes(last, key..<offset) {
                    throw WireError(.notCanonical, at: key)
                }
                last = key..<offset
                try skip(depth: depth - 1)
            }
        default:
            if bytes[offset] == 0xF4 || bytes[offset] == 0xF5 || bytes[offset] == 0xF6 {
                offset += 1
            } else {
                throw fail(.malformed)
            }
        }
    }
}
