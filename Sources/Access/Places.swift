/// How much of something is taken at a time, together and for each key.
public struct Places<Key: Hashable & Sendable>: Sendable {
    private let limit: Int
    private let limitPerKey: Int
    private var taken: [Key: Int] = [:]
    public private(set) var count = 0

    public init(limit: Int = .max, perKey limitPerKey: Int = .max) {
        self.limit = limit
        self.limitPerKey = limitPerKey
    }

    /// False if there is no place left, or not so many.
    public mutating func take(_ key: Key, _ places: Int = 1) -> Bool {
        precondition(places >= 0, "some places are taken")
        let before = taken[key] ?? 0
        guard places <= limit - count, places <= limitPerKey - before else { return false }
        if places > 0 { taken[key] = before + places }
        count += places
        return true
    }

    public mutating func leave(_ key: Key, _ places: Int = 1) {
        let before = taken[key] ?? 0
        precondition((0...before).contains(places), "only a taken place is left")
        taken[key] = before > places ? before - places : nil
        count -= places
    }

    /// Whether this key has as many as any may have, whatever others have.
    public func isFull(_ key: Key) -> Bool { taken[key] ?? 0 >= limitPerKey }
}
