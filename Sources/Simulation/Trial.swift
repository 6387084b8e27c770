import Store
import SyncCore

/// One run: people work while things go wrong, then everything works, then the checks.
struct Trial {
    struct Setup {
        var faults: Faults
        var counties: Int
        var skews: [Int64]
        var workMinutes: Int64 = 10
        var hubFlaw = HubMachine.Flaw.none
        var officeFlaw = Office.Flaw.none
        /// A county's disk is copied and the copy started.
        var isCloned = false
        /// Small budgets cut catching up into many exchanges.
        var budgetBytes: Int

        static func drawn(_ seed: UInt64) -> Setup {
            let dice = Dice(seed: seed ^ 0x5EED)
            return Setup(
                faults: .drawn(dice), counties: dice.roll(3...5), skews: World.skews(dice),
                isCloned: dice.roll(0...5) == 0,
                budgetBytes: dice.roll(0...2) == 0
                    ? dice.roll(1...2000) : Limits.exchangeBudgetBytes)
        }
    }

    static let minute: Int64 = 60_000

    let world: World
    private let setup: Setup

    init(seed: UInt64, _ setup: Setup, isTraced: Bool = false) throws {
        self.setup = setup
        world = try World(
            seed: seed, counties: setup.counties, faults: setup.faults, skews: setup.skews,
            isTraced: isTraced)
        world.hub.flaw = setup.hubFlaw
        for county in world.counties { county.budgetBytes = setup.budgetBytes }
    }

    func run() throws {
        try work()
        try settle()
        try stayQuiet()
        try Checks(world: world).all()
    }

    /// People edit, the network and the machines fail.
    func work() throws {
        let end = setup.workMinutes * Self.minute
        for (index, county) in world.counties.enumerated() {
            // The last node is registered late, when it has a backlog.
            if index < world.counties.count - 1 {
                try world.register(county.identity)
            } else {
                world.schedule.after(end / 3) { [world] in try world.register(county.identity) }
            }
        }
        for machine in world.machines { employ(machine, until: end) }
        if setup.isCloned {
            world.schedule.after(world.dice.milliseconds(end / 4...end * 3 / 4)) { [self] in
                let clone = try world.clone(world.counties[0])
                try clone.start()
                employ(clone, until: end)
            }
        }
        cutLines(until: end)
        try world.start()
        try world.schedule.run(until: end)
    }

    private func employ(_ machine: Machine, until end: Int64) {
        let office = Office(machine)
        office.flaw = setup.officeFlaw
        office.work(until: end)
    }

    private func cutLines(until end: Int64) {
        let (world, dice) = (world, world.dice.fork())
        for minute in 0..<setup.workMinutes {
            world.schedule.after(minute * Self.minute) {
                for county in world.counties
                where dice.happens(perMillion: world.network.faults.partition) {
                    world.network.cut(
                        county.name.name,
                        forMilliseconds: dice.milliseconds(Self.minute...(4 * Self.minute)))
                }
            }
        }
    }

    /// Nothing fails any more: soon everybody has everything, without being asked.
    func settle() throws {
        world.network.mend()
        try world.start()
        let limit = world.schedule.now + 8 * Self.minute
        var checked = world.schedule.now
        var isSettled = false
        let exchanges = world.counties.map(\.exchanges)
        let backlog = try segmentsToMove()
        try world.schedule.run(until: limit) { [world] in
            guard world.schedule.now > checked + 2000 else { return false }
            checked = world.schedule.now
            isSettled = try isEven() && world.counties.allSatisfy(\.isQuiet)
            return isSettled
        }
        guard isSettled else {
            throw world.violation("not quiet 8 minutes after the last fault: \(try differences())")
        }
        for (county, before) in zip(world.counties, exchanges) {
            // Each other county's news may come on its own, after a wake-up.
            let rounds = 2 + backlog + 2 * world.counties.count
            guard county.exchanges - before <= rounds else {
                throw world.violation(
                    "\(county.name) took \(county.exchanges - before) exchanges, not \(rounds)")
            }
        }
    }

    /// A quiet round moves nothing, and without a cause there is none.
    func stayQuiet() throws {
        try world.schedule.run(until: world.schedule.now + 2 * Self.minute)
        let before = world.counties.map { ($0.exchanges, $0.segmentsCarried) }
        try world.schedule.run(until: world.schedule.now + 3 * Self.minute)
        for (county, before) in zip(world.counties, before)
        where county.exchanges > before.0 {
            throw world.violation("\(county.name) exchanges although nothing happened")
        }
        for county in world.counties { try county.sync() }
        try world.schedule.run(until: world.schedule.now + Self.minute)
        for (county, before) in zip(world.counties, before)
        where county.exchanges != before.0 + 1 || county.segmentsCarried != before.1 {
            throw world.violation(
                """
                a quiet round of \(county.name) took \(county.exchanges - before.0) exchanges and \
                moved \(county.segmentsCarried - before.1) segments
                """)
        }
    }

    func isEven() throws -> Bool {
        let hub = try world.hub.inspected()
        return try world.counties.allSatisfy { county in
            let own = try county.inspected().reports()
            return try own.map(\.digest) == hub.reports(of: own.map(\.scope)).map(\.digest)
        }
    }

    /// How many segments all nodes together still lack, at most.
    private func segmentsToMove() throws -> Int {
        try world.machines.reduce(0) { sum, machine in
            let status = try machine.inspected().status()
            return sum + status.segments + status.unsealed
        }
    }

    private func differences() throws -> [String] {
        let hub = try world.hub.inspected()
        return try world.counties.map { county in
            let own = try county.inspected().reports()
            let there = try hub.reports(of: own.map(\.scope))
            let uneven = zip(own, there).filter { $0.digest != $1.digest }.map(\.0.scope)
            return "\(county.name): quiet \(county.isQuiet), uneven \(uneven)"
        }
    }
}
