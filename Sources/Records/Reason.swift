import SyncCore

/// Why somebody changed or decided something, as they wrote it: checked as any text is.
public enum Reason {
    /// Nil for an empty one.
    public static func read(
        _ text: String
    ) -> (reason: String?, problems: [FieldProblem]) {
        var reader = FieldReader(path: "reason")
        let kind = FieldKind.text(maxBytes: Limits.reasonBytes, isMultiline: true)
        guard case .text(let reason)? = reader.read(.string(text), as: kind) else {
            return (nil, reader.problems)
        }
        return (reason, reader.problems)
    }
}
