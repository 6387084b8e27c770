import Synchronization

/// What one machine believes the time to be.
final class MachineClock: Sendable {
    private let time: VirtualClock
    private let skewMilliseconds: Atomic<Int64>

    init(_ time: VirtualClock, skew: Int64) {
        self.time = time
        skewMilliseconds = Atomic(skew)
    }

    var now: Int64 {
        World.epoch + time.wall + skewMilliseconds.load(ordering: .relaxed)
    }

    func jump(to skew: Int64) { skewMilliseconds.store(skew, ordering: .relaxed) }
}
