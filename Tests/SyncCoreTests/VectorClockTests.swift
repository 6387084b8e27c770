/// Comparing two clocks is comparing the two sets of changes that they stand for.
import SyncCore
import Testing

@Suite struct VectorClockTests {
    static let logs = ["a", "b", "c", "d"].map {
        LogID(node: NodeID($0)!, incarnation: 7, scope: .province, lane: .records)
    }

    static func tip(_ sequence: UInt64, branch: UInt64 = 0) -> Tip {
        Tip(sequence: sequence, hash: Digest(words: (sequence, branch, 0, 0)))
    }

    func clock(_ counts: [UInt64]) -> VectorClock {
        VectorClock(
            zip(Self.logs, counts).filter { $0.1 > 0 }
                .map { VectorClock.Entry(log: $0.0, tips: [Self.tip($0.1)]) })
    }

    func order<T>(_ a: Set<T>, _ b: Set<T>) -> VectorClock.Order {
        if a == b { return .equal }
        if a.isSubset(of: b) { return .before }
        return b.isSubset(of: a) ? .after : .concurrent
    }

    @Test func `Absent counts as zero`() {
        #expect(clock([1]).compare(to: clock([1, 1])) == .before)
        #expect(clock([1, 1]).compare(to: clock([1])) == .after)
        #expect(clock([1, 0, 2]).compare(to: clock([1, 1, 1])) == .concurrent)
        #expect(VectorClock.empty.compare(to: clock([1])) == .before)
        #expect(VectorClock.empty.compare(to: .empty) == .equal)
    }

    @Test func `A clock is before another when its changes are among the other's`() {
        struct Dot: Hashable {
            let log: Int
            let sequence: UInt64
        }
        var random = SplitMix64(state: 1)
        for _ in 0..<5000 {
            let (one, two) = (0..<2).reduce(into: ([UInt64](), [UInt64]())) { pair, _ in
                pair.0 = pair.1
                pair.1 = Self.logs.map { _ in UInt64(random.below(3)) }
            }
            func changes(_ counts: [UInt64]) -> Set<Dot> {
                Set(
                    counts.indices.flatMap { log in
                        (0..<counts[log]).map { Dot(log: log, sequence: $0 + 1) }
                    })
            }
            let expected = order(changes(one), changes(two))
            #expect(clock(one).compare(to: clock(two)) == expected, "\(one) \(two)")
        }
    }

    private func forked(_ tips: Tip...) -> VectorClock {
        VectorClock([VectorClock.Entry(log: Self.logs[0], tips: tips)])
    }

    @Test func `A different hash at one place is a fork, whatever the numbers say`() {
        let one = forked(Self.tip(3))
        let two = forked(Self.tip(3, branch: 1))
        #expect(one.compare(to: two) == .concurrent)
        let both = forked(Self.tip(3), Self.tip(3, branch: 1))
        #expect(one.compare(to: both) == .before)
        #expect(both.compare(to: two) == .after)
    }

    @Test func `A node that lacks the shorter branch of a fork is behind one that has both`() {
        let long = forked(Self.tip(5, branch: 1))
        let both = forked(Self.tip(3), Self.tip(5, branch: 1))
        #expect(long.compare(to: both) == .before)
        #expect(both.compare(to: long) == .after)
        #expect(long != both)
    }

    @Test func `Only equal clocks compare as equal`() {
        var random = SplitMix64(state: 2)
        func some() -> VectorClock {
            let tips = (0...random.below(2)).map { _ in
                Self.tip(UInt64(1 + random.below(3)), branch: UInt64(random.below(2)))
            }
            return VectorClock([VectorClock.Entry(log: Self.logs[0], tips: Array(Set(tips)))])
        }
        let wrong = (0..<5000).lazy.map { _ in (some(), some()) }
            .first { one, two in (one.compare(to: two) == .equal) != (one == two) }
        #expect(wrong == nil)
    }

    @Test func `Entries and tips are in order however they are given`() {
        let entries = Self.logs.map {
            VectorClock.Entry(log: $0, tips: [Self.tip(2), Self.tip(1)])
        }
        let clock = VectorClock(entries.reversed())
        #expect(clock.entries.map(\.log) == Self.logs)
        #expect(clock[Self.logs[2]] == [Self.tip(1), Self.tip(2)])
        let absent = LogID(node: NodeID("e")!, incarnation: 7, scope: .province, lane: .records)
        #expect(clock[absent] == [])
    }
}
