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

    /// Nil for what is not JSON, and for numbers with fractions.
    public init?(decoding bytes: [UInt8]) {
        guard let json = try? JSONDecoder().decode(JSON.self, from: Data(bytes)) else { return nil }
        self = json
    }
}
