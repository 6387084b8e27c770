/// Text as people type and paste it, made storable.
enum PlainText {
    /// White space and the invisible marks that spreadsheets leave at either end.
    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let isInk: (Unicode.Scalar) -> Bool = {
            !$0.properties.isWhitespace && $0 != "\u{FEFF}" && $0 != "\u{200B}"
        }
        guard let first = scalars.firstIndex(where: isInk),
            let last = scalars.lastIndex(where: isInk)
        else { return "" }
        return String(scalars[first...last])
    }

    /// One kind of line end, so that the same text from another system is the same bytes.
    static func withLineFeeds(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar == "\r" {
                result.append("\n")
            } else if scalar != "\n" || previous != "\r" {
                result.append(scalar)
            }
            previous = scalar
        }
        return String(result)
    }

    /// The first character that could hide or reorder what a reviewer reads, or end a line where
    /// there is only one.
    static func forbidden(in text: String, isMultiline: Bool) -> Unicode.Scalar? {
        text.unicodeScalars.first { scalar in
            switch scalar {
            case "\n", "\t": return !isMultiline
            // Bidirectional embeddings, overrides, isolates and marks.
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{200E}", "\u{200F}",
                "\u{061C}":
                return true
            default: break
            }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: return true
            default: return false
            }
        }
    }

    /// Full-width ASCII and the ideographic space, as Chinese input methods type them, to ASCII.
    static func foldingFullWidth(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFF01...0xFF5E:
                result.append(Unicode.Scalar(UInt8(scalar.value - 0xFF01 + 0x21)))
            case 0x3000: result.append(" ")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// For codes: folded, trimmed.
    static func code(_ text: String) -> String { trimmed(foldingFullWidth(text)) }
}
