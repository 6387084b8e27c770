import SyncSession

/// One actor's own chance: what it tries follows from the seed, what it meets does not.
struct Dice: Sendable {
    private var source: SplitMix64

    init(seed: UInt64, actor: Int) {
        source = SplitMix64(seed: seed &* 1_000_003 &+ UInt64(actor))
    }

    mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &source) }

    mutating func chance(_ percent: Int) -> Bool { roll(1...100) <= percent }

    mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.randomElement(using: &source)
    }

    /// Waits a while; shorter when the run is broken off.
    mutating func rest(_ milliseconds: ClosedRange<Int>) async {
        try? await Task.sleep(for: .milliseconds(roll(milliseconds)))
    }
}
