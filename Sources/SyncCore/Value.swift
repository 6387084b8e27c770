/// A field's value. No floating point: money is in 分, scores are ×10, times are milliseconds.
public indirect enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
    case list([Value])
    /// Ascending by key.
    case map([Entry])

    public struct Entry: Hashable, Sendable {
        public let key: Int64
        public let value: Value

        public init(_ key: Int64, _ value: Value) {
            self.key = key
            self.value = value
        }
    }
}

/// A field's number within its record type: small, never reused.
public typealias FieldID = Int64

/// The number of a field group within its record type. A field belongs to one group for ever.
public typealias GroupID = UInt32

/// Groups that mean the same in every record type; a type's own start at ``firstDeclared``.
public enum ReservedGroup {
    /// The standing of a change: the hub's hold or release. Field 1, `true` = hold.
    public static let verdict: GroupID = 0
    /// The record's life. Nothing is ever deleted: field 1 is 0 while it lives, 1 once withdrawn.
    public static let life: GroupID = 1
    /// Field 1 is the short id of the record that this duplicate was merged into, or null.
    public static let alias: GroupID = 2
    public static let firstDeclared: GroupID = 10

    /// The one field of each reserved group.
    public static let field: FieldID = 1
}
