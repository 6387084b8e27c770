import SyncSession
import Synchronization

/// Every choice of a simulation, from one seed.
final class Dice: Sendable {
    private let generator: Mutex<SplitMix64>

    init(seed: UInt64) { generator = Mutex(SplitMix64(seed: seed)) }

    /// A source of its own, so that choices of one kind do not shift those of another.
    func fork() -> Dice { Dice(seed: next()) }

    func next() -> UInt64 { generator.withLock { $0.next() } }

    func roll(_ range: ClosedRange<Int>) -> Int {
        generator.withLock { Int.random(in: range, using: &$0) }
    }

    func milliseconds(_ range: ClosedRange<Int64>) -> Int64 {
        generator.withLock { Int64.random(in: range, using: &$0) }
    }

    /// In millionths, so that no floating point decides anything.
    func happens(perMillion rate: Int) -> Bool { rate > 0 && roll(1...1_000_000) <= rate }

    func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[roll(0...(elements.count - 1))]
    }

    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(roll(0...255)) } }
}
