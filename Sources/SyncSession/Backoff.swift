/// Waiting times between tries: doubled after each failure up to a limit, and spread at random,
/// so that a province's counties do not all come back at 08:30 sharp.
public struct Backoff: Sendable {
    public static let firstMilliseconds: Int64 = 500
    public static let limitMilliseconds: Int64 = 120_000
    public static let spreadMilliseconds: Int64 = 30_000

    private let limitMilliseconds: Int64
    private var failures = 0
    private var random: SplitMix64

    public init(seed: UInt64, limitMilliseconds: Int64 = Self.limitMilliseconds) {
        self.limitMilliseconds = limitMilliseconds
        random = SplitMix64(seed: seed)
    }

    public mutating func succeeded() { failures = 0 }

    /// `atLeast`: what the hub asked for by `Retry-After`.
    public mutating func failed(atLeastMilliseconds atLeast: Int64 = 0) -> Int64 {
        failures += 1
        let doubled = Self.firstMilliseconds << Int64(min(failures - 1, 16))
        // Spread further where many are told to wait alike, but not for as long again.
        let ceiling = max(min(doubled, limitMilliseconds), min(atLeast, Self.spreadMilliseconds))
        return atLeast + jittered(ceiling)
    }

    /// Between half of a duration and the whole.
    public mutating func jittered(_ milliseconds: Int64) -> Int64 {
        milliseconds / 2 + Int64.random(in: 0...max(milliseconds / 2, 1), using: &random)
    }
}
