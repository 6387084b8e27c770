extension JSON {
    /// Arrays and objects within each other.
    public static let depthMax = 32

    /// Reads one document of RFC 8259, strictly: what other readers take in silence, and each in
    /// its own way, is a fault here.
    public init(parsing bytes: [UInt8]) throws(JSONFault) {
        var reader = JSONReader(bytes)
        self = try reader.document()
    }

    /// Nil for what ``init(parsing:)`` refuses.
    public init?(decoding bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes) else { return nil }
        self = json
    }
}

/// Recursive, and bounded by ``JSON/depthMax``.
struct JSONReader {
    private let bytes: [UInt8]
    private var offset = 0
    private var path: [String] = []
    /// A number that does not fit is told only when all else is well.
    private var numberFault: JSONFault?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONFault) -> JSON {
        let json = try value(depth: 0)
        skipWhiteSpace()
        guard offset == bytes.count else { throw fault(.syntax) }
        if let numberFault { throw numberFault }
        return json
    }

    private func fault(_ rule: JSONFault.Rule, at place: Int? = nil) -> JSONFault {
        JSONFault(rule: rule, offset: place ?? offset)
    }

    /// 0, which JSON never holds, at the end.
    private var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    private mutating func skipWhiteSpace() {
        while [0x20, 0x0A, 0x0D, 0x09].contains(next) { offset += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipWhiteSpace()
        guard next == byte else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSON {
        skipWhiteSpace()
        switch next {
        case UInt8(ascii: "{"):
            guard depth < JSON.depthMax else { throw fault(.depth) }
            return try object(depth: depth + 1)
        case UInt8(ascii: "["):
            guard depth < JSON.depthMax else { throw fault(.depth) }
            return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw fault(.syntax)
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONFault) -> JSON {
        for index in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[index] else { throw fault(.syntax) }
            offset += 1
        }
        return value
    }

    // MARK: Containers

    private mutating func object(depth: Int) throws(JSONFault) -> JSON {
        var members: [String: JSON] = [:]
        offset += 1
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipWhiteSpace()
            let start = offset
            guard next == UInt8(ascii: "\"") else { throw fault(.syntax) }
            let name = try string()
            guard members[name] == nil else { throw fault(.duplicateKey, at: start) }
            guard take(UInt8(ascii: ":")) else { throw fault(.syntax) }
            path.append(path.isEmpty ? name : "." + name)
            members[name] = try value(depth: depth)
            path.removeLast()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault(.syntax) }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONFault) -> JSON {
        var elements: [JSON] = []
        offset += 1
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            path.append("[\(elements.count)]")
            elements.append(try value(depth: depth))
            path.removeLast()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault(.syntax) }
        return .array(elements)
    }

    // MARK: Numbers

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
    private mutating func number() throws(JSONFault) -> JSON {
        let start = offset
        if next == UInt8(ascii: "-") { offset += 1 }
        if next == UInt8(ascii: "0") { offset += 1 } else { try digits() }
        var isWhole = true
        if next == UInt8(ascii: ".") {
            isWhole = false
            offset += 1
            try digits()
        }
        if next | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            offset += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        if numberFault == nil {
            numberFault = JSONFault(rule: .number, offset: start, path: path.joined())
        }
        return .null
    }

    private mutating func digits() throws(JSONFault) {
        let start = offset
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { offset += 1 }
        guard offset > start else { throw fault(.syntax) }
    }

    // MARK: Texts

    private mutating func string() throws(JSONFault) -> String {
        let start = offset
        var text: [UInt8] = []
        offset += 1
        while next != UInt8(ascii: "\"") {
            if next == UInt8(ascii: "\\") {
                text += try escape().utf8
            } else {
                // Control characters come escaped; the end of the document counts as one.
                guard next >= 0x20 else { throw fault(.syntax) }
                text.append(next)
                offset += 1
            }
        }
        offset += 1
        guard let valid = String(validating: text, as: UTF8.self) else {
            throw fault(.encoding, at: start)
        }
        return valid
    }

    private mutating func escape() throws(JSONFault) -> String {
        let start = offset
        offset += 2
        switch bytes.indices.contains(offset - 1) ? bytes[offset - 1] : 0 {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try codeUnit()
            if let scalar = Unicode.Scalar(first) { return String(scalar) }
            guard UTF16.isLeadSurrogate(first), next == UInt8(ascii: "\\"),
                offset + 1 < bytes.count, bytes[offset + 1] == UInt8(ascii: "u")
            else { throw fault(.encoding, at: start) }
            offset += 2
            let second = try codeUnit()
            guard UTF16.isTrailSurrogate(second) else { throw fault(.encoding, at: start) }
            return String(decoding: [first, second], as: UTF16.self)
        default: throw fault(.syntax, at: start)
        }
    }

    private mutating func codeUnit() throws(JSONFault) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(next)).hexDigitValue else {
                throw fault(.syntax)
            }
            unit = unit << 4 | UInt16(digit)
            offset += 1
        }
        return unit
    }
}
