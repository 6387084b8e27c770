import Foundation

extension JSON {
    /// Keys in order, so that answers can be compared.
    public var encoded: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("a JSON value can be encoded")
        }
        return Array(data)
    }

    /// Nil for what ``init(parsing:)`` refuses.
    public init?(decoding bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes) else { return nil }
        self = json
    }
}
