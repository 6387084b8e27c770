import SyncCore
import WireFormat

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
    /// By county.
    private var underWay: [Int: [Message]] = [:]
    /// What the next message meets.
    private var struck: [Int: Message.Fate] = [:]

    /// Of all that was ever sent, also of copies that are late.
    private(set) var lastArrival: Int64 = 0

    init(_ world: World, faults: Faults, dice: Dice) {
        self.world = world
        self.faults = faults
        self.dice = dice
    }

    /// One way along a county's line. `deliver` is called once, twice or not at all; `cut` where
    /// the message ended after so many bytes.
    func carry(
        _ byteCount: Int, of county: CountyMachine, _ direction: Direction,
        deliver: @escaping () throws -> Void, cut: @escaping (Int) throws -> Void
    ) {
        if isCut(county, direction) { return world.note(.partition, at: county) }
        let message = Message(deliver: deliver) { [dice] in
            try cut(byteCount > 0 ? dice.roll(0...(byteCount - 1)) : 0)
        }
        if happens(faults.loss, .loss, county) { return }
        if byteCount > 0, happens(faults.cutBody, .cutBody, county) { message.fate = .cut }
        send(message, of: county, after: delay(county))
        if case .cut = message.fate { return }
        if happens(faults.duplication, .duplication, county) {
            later(delay(county) * 3) { try deliver() }
        }
    }

    // MARK: Messages under way

    private final class Message {
        enum Fate { case arrives, cut, lost, late(Int64) }

        var fate = Fate.arrives
        let deliver: () throws -> Void
        let cut: () throws -> Void

        init(deliver: @escaping () throws -> Void, cut: @escaping () throws -> Void) {
            self.deliver = deliver
            self.cut = cut
        }
    }

    private func send(_ message: Message, of county: CountyMachine, after milliseconds: Int64) {
        underWay[county.number, default: []].append(message)
        if let fate = struck.removeValue(forKey: county.number) { message.fate = fate }
        later(milliseconds) { [self] in
            underWay[county.number]?.removeAll { $0 === message }
            switch message.fate {
            case .arrives: try message.deliver()
            case .cut: try message.cut()
            case .lost: break
            case .late(let milliseconds):
                later(milliseconds) { try message.deliver() }
            }
        }
    }

    private func later(_ milliseconds: Int64, _ arrive: @escaping () throws -> Void) {
        lastArrival = max(lastArrival, world.schedule.now + milliseconds)
        world.schedule.after(milliseconds, arrive)
    }

    /// The line fails now: what is under way on it is cut, lost or held up, else the next message.
    func strike(_ fault: Fault, _ county: CountyMachine) {
        let fate: Message.Fate =
            switch fault {
            case .cutBody: .cut
            case .loss: .lost
            default: .late(late())
            }
        let messages = underWay[county.number] ?? []
        if messages.isEmpty { struck[county.number] = fate }
        for message in messages { message.fate = fate }
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

    /// A log of one county of which no segment arrives whole.
    var poison: (county: Int, log: LogID)?

    func poisoned(_ segments: [[UInt8]], of county: CountyMachine) -> [[UInt8]] {
        guard let poison, poison.county == county.number else { return segments }
        return segments.map { segment in
            guard SegmentCodec.declared(segment).log == poison.log else {
                return segment
            }
            return segment.dropLast() + [segment[segment.count - 1] ^ 1]
        }
    }

    func isBusy(_ county: CountyMachine) -> Bool { happens(faults.busy, .limitReached, county) }

    func hasNoRoom(_ county: CountyMachine) -> Bool { happens(faults.noRoom, .diskFull, county) }

    func cut(_ county: Int, _ directions: [Direction], forMilliseconds duration: Int64) {
        for direction in directions {
            cutUntil[county, default: [:]][direction] = world.schedule.now + duration
        }
    }

    func forget() { underWay = [:] }

    func mend() {
        faults = .none
        cutUntil = [:]
        struck = [:]
    }

    private func isCut(_ county: CountyMachine, _ direction: Direction) -> Bool {
        (cutUntil[county.number]?[direction] ?? 0) > world.schedule.now
    }

    private func delay(_ county: CountyMachine) -> Int64 {
        happens(faults.lateness, .delay, county) ? late() : dice.milliseconds(1...400)
    }

    private func late() -> Int64 {
        let limit = Self.timeoutMilliseconds
        // Long after: a night may lie between.
        return dice.roll(0...4) == 0
            ? dice.milliseconds(limit...(20 * limit)) : dice.milliseconds(limit...(4 * limit))
    }
}
