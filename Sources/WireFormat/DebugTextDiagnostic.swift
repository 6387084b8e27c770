import SyncCore

extension DebugText {
    /// Diagnostic notation (RFC 8949 §8) of any bytes, a sequence of items (RFC 8742) included.
    ///
    /// It reads all of CBOR, not only the deterministic part that ``CBORReader`` accepts: whoever
    /// asks wants to see why bytes were refused. A head longer than needed shows its encoding
    /// indicator (`0_1`); what cannot be read shows a comment (`/ truncated at 5 /`) and ends it.
    /// Nothing traps, nesting and output are bounded.
    public static func diagnostic(of bytes: [UInt8], maxCharacters: Int = 65_536) -> String {
        var printer = DiagnosticPrinter(bytes: bytes, outputBytes: maxCharacters)
        printer.sequence()
        return printer.text
    }

    /// JSON's quotes and escapes, so that no text can pass for a line of its own.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default:
                // Controls, line ends and what reorders text on a terminal.
                let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                let isLayout = scalar.properties.isPatternWhitespace && scalar != " "
                if isControl || isLayout || scalar.properties.isBidiControl {
                    let digits = String(scalar.value, radix: 16)
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }
}

private struct DiagnosticPrinter {
    /// Why the rest is not shown.
    private enum Stop: Error {
        case malformed(Int)
        case truncated(Int)
        case tooDeep(Int)
        case cutOff
    }

    /// Deeper than any message of ours, shallow enough for any thread's stack.
    private static let maxDepth = 32

    let bytes: [UInt8]
    let outputBytes: Int
    var text = ""
    private var offset = 0

    init(bytes: [UInt8], outputBytes: Int) {
        self.bytes = bytes
        self.outputBytes = outputBytes
    }

    mutating func sequence() {
        do throws(Stop) {
            while offset < bytes.count {
                if offset > 0 { try put(", ") }
                try item(depth: Self.maxDepth)
            }
        } catch {
            switch error {
            case .malformed(let offset): text += "/ malformed at \(offset) /"
            case .truncated(let offset): text += "/ truncated at \(offset) /"
            case .tooDeep(let offset): text += "/ nested too deeply at \(offset) /"
            case .cutOff: text += "/ cut off, \(bytes.count) bytes in all /"
            }
        }
    }

    /// Every item prints something, so the bound on output bounds the work as well.
    private mutating func put(_ piece: String) throws(Stop) {
        guard text.utf8.count + piece.utf8.count <= outputBytes else { throw .cutOff }
        text += piece
    }

    private var isAtBreak: Bool { offset < bytes.count && bytes[offset] == 0xFF }

    private struct Head {
        let major: UInt8
        let short: UInt8
        /// Nil: indefinite length.
        let argument: UInt64?
        let start: Int

        /// Empty unless the head is longer than needed.
        var indicator: String {
            guard let argument, short >= 24 else { return "" }
            let least: UInt64 = short == 24 ? 24 : 1 << (UInt64(1 << Int(short - 24)) * 4)
            return argument < least ? "_\(short - 24)" : ""
        }
    }

    private mutating func head() throws(Stop) -> Head {
        let start = offset
        guard offset < bytes.count else { throw .truncated(start) }
        let major = bytes[offset] >> 5
        let short = bytes[offset] & 31
        offset += 1
        if short < 24 {
            return Head(major: major, short: short, argument: UInt64(short), start: start)
        }
        if short == 31 { return Head(major: major, short: short, argument: nil, start: start) }
        guard short <= 27 else { throw .malformed(start) }
        var argument: UInt64 = 0
        for _ in 0..<(1 << Int(short - 24)) {
            guard offset < bytes.count else { throw .truncated(start) }
            argument = argument << 8 | UInt64(bytes[offset])
            offset += 1
        }
        return Head(major: major, short: short, argument: argument, start: start)
    }

    private mutating func item(depth: Int) throws(Stop) {
        guard depth > 0 else { throw .tooDeep(offset) }
        let head = try head()
        switch head.major {
        case 0:
            guard let argument = head.argument else { throw .malformed(head.start) }
            try put("\(argument)\(head.indicator)")
        case 1:
            guard let argument = head.argument else { throw .malformed(head.start) }
            // One below what 64 bits hold, at the far end.
            let digits = argument == .max ? "18446744073709551616" : "\(argument + 1)"
            try put("-\(digits)\(head.indicator)")
        case 2, 3: try string(head)
        case 4:
            try items(head, "[", "]", depth: depth) { (printer) throws(Stop) in
                try printer.item(depth: depth - 1)
            }
        case 5:
            try items(head, "{", "}", depth: depth) { (printer) throws(Stop) in
                try printer.item(depth: depth - 1)
                try printer.put(": ")
                try printer.item(depth: depth - 1)
            }
        case 6:
            guard let argument = head.argument else { throw .malformed(head.start) }
            try put("\(argument)\(head.indicator)(")
            try item(depth: depth - 1)
            try put(")")
        default: try simple(head)
        }
    }

    private mutating func items(
        _ head: Head, _ open: String, _ close: String, depth: Int,
        _ one: (inout DiagnosticPrinter) throws(Stop) -> Void
    ) throws(Stop) {
        let indicator = head.argument == nil ? "_" : head.indicator
        try put(open + indicator + (indicator.isEmpty ? "" : " "))
        var index: UInt64 = 0
        while head.argument.map({ index < $0 }) ?? !isAtBreak {
            if index > 0 { try put(", ") }
            try one(&self)
            index += 1
        }
        if head.argument == nil { offset += 1 }
        try put(close)
    }

    private mutating func string(_ head: Head) throws(Stop) {
        if head.argument != nil { return try chunk(head) }
        try put("(_ ")
        var isFirst = true
        while !isAtBreak {
            let part = try self.head()
            guard part.major == head.major, part.argument != nil else {
                throw .malformed(part.start)
            }
            if !isFirst { try put(", ") }
            isFirst = false
            try chunk(part)
        }
        offset += 1
        try put(")")
    }

    private mutating func chunk(_ head: Head) throws(Stop) {
        guard let length = head.argument, length <= UInt64(bytes.count - offset) else {
            throw .truncated(head.start)
        }
        // Before the text is made: a large string costs no more than what is shown of it.
        guard length <= UInt64(outputBytes) else { throw .cutOff }
        let content = bytes[offset..<(offset + Int(length))]
        if head.major == 2 {
            try put("h'\(content.hex)'\(head.indicator)")
        } else if let text = String(validating: content, as: UTF8.self) {
            try put(DebugText.quoted(text) + head.indicator)
        } else {
            try put("/ not UTF-8 / h'\(content.hex)'\(head.indicator)")
        }
        offset += Int(length)
    }

    private mutating func simple(_ head: Head) throws(Stop) {
        guard let argument = head.argument else { throw .malformed(head.start) }
        switch head.short {
        case 20: try put("false")
        case 21: try put("true")
        case 22: try put("null")
        case 23: try put("undefined")
        case 25: try put(Self.decimal(Self.half(UInt16(argument))))
        case 26: try put(Self.decimal(Double(Float(bitPattern: UInt32(argument)))))
        case 27: try put(Self.decimal(Double(bitPattern: argument)))
        default:
            guard head.short < 24 || argument >= 32 else { throw .malformed(head.start) }
            try put("simple(\(argument))")
        }
    }

    private static func decimal(_ value: Double) -> String {
        value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
    }

    /// RFC 8949 Appendix D; `Float16` does not exist on every platform.
    private static func half(_ bits: UInt16) -> Double {
        let exponent = Int(bits >> 10 & 31)
        let fraction = Double(bits & 1023)
        let magnitude: Double =
            switch exponent {
            case 0: Double(sign: .plus, exponent: -24, significand: fraction)
            case 31: fraction == 0 ? .infinity : .nan
            default: Double(sign: .plus, exponent: exponent - 25, significand: fraction + 1024)
            }
        return bits >> 15 == 1 ? -magnitude : magnitude
    }
}
