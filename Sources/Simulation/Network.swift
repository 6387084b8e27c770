/// Carries bytes between a county and the hub: late, twice, out of order or never.
final class Network {
    /// A side gives up on an exchange after this long without an answer.
    static let timeoutMilliseconds: Int64 = 15_000

    var faults: Faults
    private let schedule: Schedule
    private let dice: Dice
    /// Counties without a line, by name, and until when.
    private var cutUntil: [String: Int64] = [:]
    private(set) var carriedBytes = 0

    init(_ schedule: Schedule, faults: Faults, dice: Dice) {
        self.schedule = schedule
        self.faults = faults
        self.dice = dice
    }

    /// One way along a county's line. `deliver` is called once, twice or not at all.
    func carry(
        _ bytes: [UInt8], line: String, deliver: @escaping ([UInt8]) throws -> Void
    ) {
        carriedBytes += bytes.count
        if isCut(line) || dice.happens(perMillion: faults.loss) { return }
        schedule.after(delay()) { try deliver(bytes) }
        if dice.happens(perMillion: faults.duplication) {
            schedule.after(delay() * 3) { try deliver(bytes) }
        }
    }

    /// One bit of one segment in some messages. The rest of a message is under its sender's
    /// signature; segments are under their origin's, whoever relays them.
    func damaged(_ segments: [[UInt8]]) -> [[UInt8]] {
        guard !segments.isEmpty, dice.happens(perMillion: faults.damage) else { return segments }
        var segments = segments
        let index = dice.roll(0...(segments.count - 1))
        segments[index][dice.roll(0...(segments[index].count - 1))] ^= 1 << UInt8(dice.roll(0...7))
        return segments
    }

    func isBusy() -> Bool { dice.happens(perMillion: faults.busy) }

    func hasNoRoom() -> Bool { dice.happens(perMillion: faults.noRoom) }

    func cut(_ line: String, forMilliseconds duration: Int64) {
        cutUntil[line] = schedule.now + duration
    }

    func mend() {
        faults = .none
        cutUntil = [:]
    }

    private func isCut(_ line: String) -> Bool { (cutUntil[line] ?? 0) > schedule.now }

    private func delay() -> Int64 {
        if dice.happens(perMillion: faults.lateness) {
            return dice.milliseconds(Self.timeoutMilliseconds...(4 * Self.timeoutMilliseconds))
        }
        return dice.milliseconds(1...400)
    }
}
