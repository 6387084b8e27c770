/// Opaque version token over a set of changes: of a record's heads and siblings, or of a
/// conflict's sides.
public enum VersionToken {
    public static func make(_ references: [Reference]) -> String {
        let text = Set(references).sorted().map(\.description).joined(separator: "\n")
        return Base32.encode(Digest.sha256(Array(text.utf8)).bytes.prefix(16))
    }
}
