/// How many things are going on at once, together and for each key.
public struct Places<Key: Hashable & Sendable>: Sendable {
    private let limit: Int
    private let limitPerKey: Int
    private var taken: [Key: Int] = [:]
    public private(set) var count = 0

    public init(limit: Int = .max, perKey limitPerKey: Int = .max) {
        self.limit = limit
        self.limitPerKey = limitPerKey
    }

    /// False if there is no place left.
    public mutating func take(_ key: Key) -> Bool {
        guard count < limit, taken[key, default: 0] < limitPerKey else { return false }
        taken[key, default: 0] += 1
        count += 1
        return true
    }

    public mutating func leave(_ key: Key) {
        guard let before = taken[key] else { preconditionFailure("only a taken place is left") }
        taken[key] = before > 1 ? before - 1 : nil
        count -= 1
    }
}
