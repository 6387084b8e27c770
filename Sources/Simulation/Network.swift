/// Carries messages between a county and the hub: late, twice, out of order, cut short or never.
final class Network {
    /// A side gives up on an exchange after this long without an answer.
    static let timeoutMilliseconds: Int64 = 15_000

    enum Direction: CaseIterable { case toHub, back }

    var faults: Faults
    private unowned let world: World
    private let dice: Dice
    /// Ways that carry nothing, and until when.
    private var cutUntil: [Int: [Direction: Int64]] = [:]

    init(_ world: World, faults: Faults, dice: Dice) {
        self.world = world
        self.faults = faults
        self.dice = dice
    }

    /// One way along a county's line. `deliver` is called once, twice or not at all; `cut` where
    /// the message ended after so many bytes.
    func carry(
        _ byteCount: Int, of county: CountyMachine, _ direction: Direction,
        deliver: @escaping () throws -> Void, cut: ((Int) throws -> Void)? = nil
    ) {
        if isCut(county, direction) { return world.note(.partition, at: county) }
        if happens(faults.loss, .loss, county) { return }
        if let cut, byteCount > 0, happens(faults.cutBody, .cutBody, county) {
            let length = dice.roll(0...(byteCount - 1))
            return world.schedule.after(delay(county)) { try cut(length) }
        }
        world.schedule.after(delay(county)) { try deliver() }
        if happens(faults.duplication, .duplication, county) {
            world.schedule.after(delay(county) * 3) { try deliver() }
        }
    }

    private func happens(_ rate: Int, _ fault: Fault, _ county: CountyMachine) -> Bool {
        guard dice.happens(perMillion: rate) else { return false }
        world.note(fault, at: county)
        return true
    }

    /// One bit of one segment in some messages. The rest of a message is under its sender's
    /// signature; segments are under their origin's, whoever relays them.
    func damaged(_ segments: [[UInt8]], of county: CountyMachine) -> [[UInt8]] {
        guard !segments.isEmpty, dice.happens(perMillion: faults.damage) else { return segments }
        world.note(.maliciousNode, at: county)
        var segments = segments
        let index = dice.roll(0...(segments.count - 1))
        segments[index][dice.roll(0...(segments[index].count - 1))] ^= 1 << UInt8(dice.roll(0...7))
        return segments
    }

    func isBusy(_ county: CountyMachine) -> Bool { happens(faults.busy, .limitReached, county) }

    func hasNoRoom(_ county: CountyMachine) -> Bool { happens(faults.noRoom, .diskFull, county) }

    func cut(_ county: Int, _ directions: [Direction], forMilliseconds duration: Int64) {
        for direction in directions {
            cutUntil[county, default: [:]][direction] = world.schedule.now + duration
        }
    }

    func mend() {
        faults = .none
        cutUntil = [:]
    }

    private func isCut(_ county: CountyMachine, _ direction: Direction) -> Bool {
        (cutUntil[county.number]?[direction] ?? 0) > world.schedule.now
    }

    private func delay(_ county: CountyMachine) -> Int64 {
        guard happens(faults.lateness, .delay, county) else { return dice.milliseconds(1...400) }
        let limit = Self.timeoutMilliseconds
        // Long after: a night may lie between.
        return dice.roll(0...4) == 0
            ? dice.milliseconds(limit...(20 * limit)) : dice.milliseconds(limit...(4 * limit))
    }
}
