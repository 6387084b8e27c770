import Mustache

/// Escapes by Unicode scalars.
///
/// The library's own escaping goes by grapheme clusters: a quotation mark with a combining accent
/// after it is another character to Swift and passes, but it still ends an attribute in a browser.
struct StrictHTML: MustacheContentType {
    static let name = "STRICTHTML"

    static func register() { MustacheContentTypes.register(StrictHTML(), named: name) }

    func escapeText(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
