import Store
import SyncCore

/// One run: people work while things go wrong, then everything works; checks after each.
struct Trial {
    struct Setup {
        var faults: Faults
        var counties: Int
        var skews: [Int64]
        var script: [Step]
        var workMinutes: Int64 = 10
        var hubFlaw = HubMachine.Flaw.none
        var officeFlaw = Office.Flaw.none
        /// Disks that claim to have written what they have not.
        var disksLie = false
        /// Small budgets cut catching up into many exchanges.
        var budgetBytes: Int
        /// Off: what is sent twice arrives twice.
        var isGuarded: Bool
        /// Machines whose disks are files and fail below SQLite.
        var files: Set<Int> = []

        static func drawn(_ seed: UInt64) -> Setup {
            let dice = Dice(seed: seed ^ 0x5EED)
            // A province of eight costs what four of two do.
            let counties = [1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 8][dice.roll(0...10)]
            let minutes = dice.milliseconds(4...10)
            let files = Self.files(Dice(seed: seed ^ 0xF11E), counties: counties)
            return Setup(
                faults: .drawn(dice), counties: counties, skews: World.skews(dice),

                script: Script.drawn(
                    dice.fork(), counties: counties, minutes: minutes, files: files),
                workMinutes: minutes,
                budgetBytes: dice.roll(0...2) == 0
                    ? dice.roll(1...2000) : Limits.exchangeBudgetBytes,
                isGuarded: dice.roll(0...1) == 0, files: files)
        }

        /// In every third province one to three machines.
        private static func files(_ dice: Dice, counties: Int) -> Set<Int> {
            if dice.roll(0...2) > 0 { return [] }
            return Set((0..<dice.roll(1...3)).map { _ in dice.roll(0...counties) })
        }
    }

    static let minute: Int64 = 60_000

    let world: World
    private let setup: Setup

    init(seed: UInt64, _ setup: Setup, isTraced: Bool = false, isRecorded: Bool = false) throws {
        self.setup = setup
        world = try World(
            seed: seed, counties: setup.counties, faults: setup.faults, skews: setup.skews,
            files: setup.files, isTraced: isTraced, isRecorded: isRecorded)
        world.hub.flaw = setup.hubFlaw
        world.hub.isGuarded = setup.isGuarded
        if setup.disksLie { for machine in world.machines { machine.files?.ignoreSyncs() } }
        for office in world.offices { office.flaw = setup.officeFlaw }
        for county in world.counties { county.budgetBytes = setup.budgetBytes }
    }

    func run() throws {
        defer { world.end() }
        do {
            try work()
            try repairDisks()
            try Checks(world: world).afterWork()
            try settle()
            try stayQuiet()
            try Checks(world: world).receipts()
            try spreadNews()
            try poison()
            try Checks(world: world).atRest()
        } catch let error as StoreError {
            throw world.violation("the store answers \(error)", promise: "no unexpected error")
        }
    }

    /// People edit, the network and the machines fail.
    func work() throws {
        let end = setup.workMinutes * Self.minute
        for (index, county) in world.counties.enumerated() {
            // The last node is registered late, when it has a backlog.
            if index == 0 || index < world.counties.count - 1 {
                try world.register(county.identity)
            } else {
                let office = world.offices[county.number]
                let hasMuch = Dice(seed: world.seed ^ 0xB16).roll(0...39) == 0
                world.schedule.after(end / 3) { [world] in
                    if hasMuch { try office.keepFiles() }
                    try world.register(county.identity)
                }
            }
        }
        world.plan(setup.script)
        cutLines()
        try world.start()
        try world.schedule.run(until: end)
    }

    /// Disks fail no more, and what rotted is mended as far as somebody holds it.
    private func repairDisks() throws {
        for machine in world.machines {
            machine.files?.unplan()
            try world.lookAfter(machine, world.dice)
        }
    }

    private func cutLines() {
        let (world, dice) = (world, world.dice.fork())
        for minute in 0..<setup.workMinutes {
            world.schedule.after(minute * Self.minute) {
                for county in world.counties
                where dice.happens(perMillion: world.network.faults.partition) {
                    world.note(.partition, at: county)
                    world.network.cut(
                        county.number, Network.Direction.allCases,
                        forMilliseconds: dice.milliseconds(Self.minute...(4 * Self.minute)))
                }
            }
        }
    }

    /// Nothing fails any more: soon everybody has everything, without being asked.
    func settle() throws {
        world.network.mend()
        world.pending = []
        for machine in world.machines { machine.isSilent = false }
        for county in world.counties { county.due = Due() }
        try world.start()
        let limit = world.schedule.now + 15 * Self.minute
        var checked = world.schedule.now
        var isSettled = false
        let exchanges = world.counties.map(\.exchanges)
        let backlog = try segmentsToMove()
        try world.schedule.run(until: limit) { [world] in
            guard world.schedule.now > checked + 2000 else { return false }
            checked = world.schedule.now
            // What a hub that went back is told may undo what its administrator just put right.
            for county in world.counties { try world.register(county.identity) }
            isSettled = try world.counties.allSatisfy(\.isQuiet) && isEven()
            return isSettled
        }
        guard isSettled else {
            throw world.violation("not quiet 15 minutes after the last fault: \(try differences())")
        }
        for (county, before) in zip(world.counties, exchanges) {
            // Each other county's news may come on its own, after a wake-up.
            let isWide = county.budgetBytes == Limits.exchangeBudgetBytes
            let rounds = (isWide ? 6 : 2 + backlog) + 2 * world.counties.count
            guard county.exchanges - before <= rounds else {
                throw world.violation(
                    "\(county.name) took \(county.exchanges - before) exchanges, not \(rounds)")
            }
        }
    }

    /// A quiet round moves nothing, and without a cause there is none.
    func stayQuiet() throws {
        // What was held up while things went wrong may bring news of what was lost since.
        let last = max(world.schedule.now, world.network.lastArrival)
        try world.schedule.run(until: last + 2 * Self.minute)
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

    /// What somebody writes is everywhere within seconds, by one request of each node.
    private func spreadNews() throws {
        for writer in [0, 1] {
            let before = world.counties.map(\.exchanges)
            guard let news = try world.offices[writer].announce() else { continue }
            try world.schedule.run(until: world.schedule.now + 4000)
            for (county, before) in zip(world.counties, before) {
                guard try county.inspected().change(ShortID(news)) != nil else {
                    throw world.violation("\(county.name) has no news after 4 seconds")
                }
                // The writer may be woken by what it sent before the answer comes.
                let most = county.number == writer ? 2 : 1
                guard (1...most).contains(county.exchanges - before) else {
                    throw world.violation(
                        "news took \(county.name) \(county.exchanges - before) exchanges")
                }
            }
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
