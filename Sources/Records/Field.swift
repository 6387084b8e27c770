import SyncCore

/// One field of a record type, as declared.
public struct Field: Sendable {
    /// Never reused, and the same for ever once a record holds it.
    public let id: FieldID
    /// Its name in the API, in camel case.
    public let name: String
    public let title: Bilingual
    public let kind: FieldKind
    public let isRequired: Bool
    /// May name or reach a natural person: masked in whatever is published.
    public let isPersonal: Bool

    public init(
        _ id: FieldID, _ name: String, _ title: Bilingual, _ kind: FieldKind,
        isRequired: Bool = false, isPersonal: Bool = false
    ) {
        self.id = id
        self.name = name
        self.title = title
        self.kind = kind
        self.isRequired = isRequired
        self.isPersonal = isPersonal
    }
}

/// What a field may hold. Each kind has one normal form, so that equal entries are equal bytes and
/// make no false conflict.
public indirect enum FieldKind: Sendable {
    /// At most this many bytes of UTF-8, trimmed; several lines only where it says so.
    case text(maxBytes: Int, isMultiline: Bool = false)
    case code([Code])
    /// A whole number of the unit: money in 分, scores ×10.
    case integer(ClosedRange<Int64>, unit: Bilingual? = nil)
    case flag
    /// A civil date, stored as `2026-11-21`.
    case date
    /// Milliseconds since 1970-01-01T00:00Z.
    case instant
    /// 统一社会信用代码.
    case uscc
    /// A six-digit division code of GB/T 2260.
    case division
    /// The short id of a record of that type: a soft link that gates nothing.
    case reference(to: String)
    /// A SHA-256 in lower-case hexadecimal: an attachment.
    case digest
    /// 32 bytes in base 64.
    case publicKey
    case nodeName
    /// `province` or `county/632521`.
    case scope
    /// Order matters.
    case list(of: FieldKind, max: Int)
    /// Order does not matter: stored ascending, each member once.
    case set(of: FieldKind, max: Int)
}

/// One value of a code list.
public struct Code: Hashable, Sendable {
    public let value: String
    public let title: Bilingual

    public init(_ value: String, _ chinese: String, _ english: String) {
        self.value = value
        title = Bilingual(chinese, english)
    }
}
