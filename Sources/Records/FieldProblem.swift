/// What is wrong with one field, and what to do about it.
public struct FieldProblem: Hashable, Sendable {
    public enum Severity: Hashable, Sendable {
        /// Nothing is stored.
        case error
        /// Stored; the person is told.
        case warning
    }

    /// The field's name in the API; of a list's member, `evidence[2]`.
    public let field: String
    /// Stable, such as `uscc-check-digit`.
    public let code: String
    public let severity: Severity
    public let message: Bilingual

    public init(
        field: String, code: String, severity: Severity = .error, message: Bilingual
    ) {
        self.field = field
        self.code = code
        self.severity = severity
        self.message = message
    }
}

extension [FieldProblem] {
    public var hasErrors: Bool { contains { $0.severity == .error } }
}
