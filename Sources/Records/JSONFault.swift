/// Why bytes are not JSON as the API takes it.
public struct JSONFault: Error, Hashable, Sendable {
    public enum Rule: String, Hashable, Sendable {
        /// Not JSON at all, or something after its end.
        case syntax
        /// Deeper than ``JSON/depthMax``.
        case depth
        /// An object names a member twice: which one is meant, nobody can say.
        case duplicateKey = "duplicate-key"
        /// A text that is no UTF-8, or half a surrogate pair.
        case encoding
        /// JSON, but no whole number of 64 bits.
        case number = "number-out-of-range"
    }

    public let rule: Rule
    /// Bytes from the start of the document.
    public let offset: Int
    /// Of a number: where it stands, such as `scores[2].value`; empty at the top.
    public let path: String

    public init(rule: Rule, offset: Int, path: String = "") {
        self.rule = rule
        self.offset = offset
        self.path = path
    }
}
