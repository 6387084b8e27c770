import Store
import SyncCore

extension Trial {
    /// A log of which every segment is damaged on its way holds up no other, however little goes
    /// along at a time.
    func poison() throws {
        let dice = world.dice.fork()
        guard dice.roll(0...3) == 0, let county = dice.pick(world.counties) else { return }
        let budget = county.budgetBytes
        county.budgetBytes = 1
        let written = try world.offices[county.number].writeEverywhere(dice)
        guard let poisoned = dice.pick(written) else { return }
        world.network.poison = (county.number, poisoned.log)
        try world.schedule.run(until: world.schedule.now + 3 * Self.minute)
        let hub = try world.hub.inspected()
        for reference in written where reference.log != poisoned.log {
            guard try hub.change(ShortID(reference)) != nil else {
                throw world.violation("\(poisoned.log) holds up \(reference)")
            }
        }
        world.network.poison = nil
        county.budgetBytes = budget
        let limit = world.schedule.now + 3 * Self.minute
        try world.schedule.run(until: limit) {
            try hub.change(ShortID(poisoned)) != nil && isEven()
        }
        guard try isEven() else { throw world.violation("\(poisoned.log) stays away") }
    }
}
