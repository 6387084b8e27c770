import FaultyDisk
import Store
import SyncCore

/// What happens once. Most wait for a county's exchange to come into a certain state.
extension World {
    /// Steps are given to their places: at their time, or when the state comes.
    func plan(_ steps: [Step]) {
        for step in steps {
            schedule.after(step.time) { [self] in
                switch step.action {
                case .person: try person(step)
                case .backup: try backUp(step)
                case .incident: wait(step)
                }
            }
        }
    }

    private func person(_ step: Step) throws {
        let dice = Dice(seed: step.seed)
        // The people of a copied machine do half of the work.
        let origin = machines[step.machine]
        let places = machines.indices.filter { machines[$0].name == origin.name }
        guard let place = dice.pick(places) else { return }
        try offices[place].act(dice)
    }

    private func backUp(_ step: Step) throws {
        trace("\(machines[step.machine].name) is backed up")
        try machines[step.machine].putAside()
    }

    private func wait(_ step: Step) {
        guard let county = machines[step.machine] as? CountyMachine else { return }
        pending.append(step)
        entered(county.state, county)
    }

    /// A county's exchange came into a state: what waited for that happens next.
    func entered(_ state: ExchangeState, _ county: CountyMachine) {
        guard !pending.isEmpty else { return }
        let due = pending.filter { step in
            if case .incident(_, state) = step.action { return step.machine == county.number }
            return false
        }
        guard !due.isEmpty else { return }
        pending.removeAll { step in due.contains { $0.seed == step.seed } }
        for step in due {
            schedule.after(0) { [self] in
                guard case .incident(let incident, _) = step.action else { return }
                trace("\(incident) at \(county.name), which is \(county.state)")
                let state = county.state
                let hasHappened = try perform(incident, at: county, Dice(seed: step.seed))
                if hasHappened, let fault = incident.fault { tally.note(fault, in: state) }
            }
        }
    }

    /// False: there was nothing that it could happen to.
    private func perform(
        _ incident: Incident, at county: CountyMachine, _ dice: Dice
    ) throws -> Bool {
        switch incident {
        case .countyCrash: county.crash()
        case .hubCrash: hub.crash()
        case .partition:
            let ways: [[Network.Direction]] = [[.toHub], [.back], [.toHub, .back]]
            network.cut(
                county.number, dice.pick(ways) ?? [],
                forMilliseconds: dice.milliseconds(20_000...(10 * Trial.minute)))
        case .clockJump: jump(dice.roll(0...2) == 0 ? hub : county, dice)
        case .nodeRestored: return try restore(county)
        case .nodeCloned:
            let clone = try clone(county)
            try clone.start()
        case .hubRestored: return try restore(hub)
        case .hubLost: try loseHub()
        case .nodeReenrolled: try reenrol(county, dice)
        case .newerVersion: offices[county.number].isNewer = true
        case .scopeTaken: try take(county, leaving: [.province], dice)
        case .keyRevoked: try take(county, leaving: [], dice)
        case .race: return try race(dice)
        case .malice:
            guard let store = hub.store else { return false }
            try Intruder(world: self, dice: dice).act(on: store)
        case .limit: county.budgetBytes = dice.roll(1...3000)
        case .silence:
            county.isSilent = true
            county.stop()
        case .night: night(dice)
        case .bundle: try bundle(to: county, dice)
        case .verdicts: for _ in 0..<dice.roll(1...6) { try judge.act(dice) }
        case .backlog: try offices[county.number].keepBacklog()
        case .full: county.due.add(.diskFull)
        case .ioError: county.due.add(.readOrWriteError)
        case .locked: county.due.add(.locked)
        case .cutBody: network.strike(.cutBody, county)
        case .loss: network.strike(.loss, county)
        case .delay: network.strike(.delay, county)
        case .powerCut, .crashWithin, .bitRot:
            let places = [county, hub].filter { $0.files != nil }
            guard let machine = dice.pick(places), let files = machine.files else { return false }
            try perform(incident, at: machine, files, for: county, dice)
        }
        return true
    }

    /// Below SQLite.
    private func perform(
        _ incident: Incident, at machine: Machine, _ files: FileDisk, for county: CountyMachine,
        _ dice: Dice
    ) throws {
        switch incident {
        case .powerCut where dice.roll(0...1) == 0:
            note(.powerCut, at: county)
            machine.cutPower()
        case .powerCut:
            files.planSoon(.powerCut(seed: dice.next()), for: county, dice)
        case .bitRot:
            let state = county.state
            guard machine.rot == nil, let rot = try BitRot.strike(machine, files, dice) else {
                return machine.startSoon()
            }
            tally.note(.bitRot, in: state)
            machine.rot = rot
            machine.startSoon()
            schedule.after(dice.milliseconds(5000...(3 * Trial.minute))) { [self] in
                try lookAfter(machine, dice)
            }
        default: files.planSoon(machine.violent(), for: county, dice)
        }
    }

    private func jump(_ machine: Machine, _ dice: Dice) {
        let year = 365 * World.day
        let skews = [
            dice.milliseconds(-600_000...600_000), dice.milliseconds(-10 * year...10 * year),
            -World.epoch - schedule.clock.wall,
        ]
        machine.clock.jump(to: dice.pick(skews) ?? 0)
    }

    // MARK: Disks

    private func restore(_ machine: Machine) throws -> Bool {
        guard let backup = machine.backup else { return false }
        let copy = try backup.copy()
        try destroy(machine, leaving: copy)
        if machine === hub { judge.forget() }
        try machine.replaceDisk(copy)
        // People may go on before anybody tells it what it had been.
        if machine.dice.roll(0...1) == 0 {
            let minutes = machine.dice.milliseconds(1...5)
            for county in counties where machine === hub || machine === county {
                network.cut(
                    county.number, Network.Direction.allCases,
                    forMilliseconds: minutes * Trial.minute)
            }
        }
        return true
    }

    /// A new hub with the old key, which its counties fill again.
    func loseHub() throws {
        try destroy(hub, leaving: nil)
        judge.forget()
        try hub.replaceDisk(
            hub.disk.fresh(),
            identity(hub.name.name, .hub, division: hub.identity.division, key: 0))
        for county in counties { try register(county.identity) }
    }

    /// The node's computer is set up anew, with the old key or with another one.
    func reenrol(_ county: CountyMachine, _ dice: Dice) throws {
        let old = county.identity
        try destroy(county, leaving: nil)
        let isAlone = counties.count { $0.name == old.node } == 1
        let isNewKey = isAlone && dice.roll(0...1) == 0
        let key = isNewKey ? 100 + county.number : county.number
        let isFirstKey = try World.key(key).publicKey == old.key.publicKey || isNewKey
        let identity = try identity(
            old.node.name, .county, division: old.division, key: isFirstKey ? key : county.number)
        try county.replaceDisk(county.disk.fresh(), isAlone ? identity : sameKey(old, identity))
        if isNewKey { note(.keyChange, at: county) }
        try register(county.identity)
    }

    private func sameKey(_ old: Identity, _ new: Identity) -> Identity {
        Identity(
            node: old.node, role: old.role, division: old.division, incarnation: new.incarnation,
            key: old.key, hub: old.hub, hubKey: old.hubKey, hubAddress: nil)
    }

    // MARK: Grants

    /// Until somebody puts it right, at the latest when everything works again.
    private func take(_ county: CountyMachine, leaving scopes: [Scope], _ dice: Dice) throws {
        try register(county.identity, scopes: scopes)
        schedule.after(dice.milliseconds(5000...(6 * Trial.minute))) { [self] in
            try register(county.identity)
        }
    }

    // MARK: People

    /// Two reviewers decide one conflict at once, while a third person has the record open.
    private func race(_ dice: Dice) throws -> Bool {
        let open = try hub.inspected().conflicts(limit: 40).elements
        guard let item = dice.pick(open), case .record(let record, _) = item.subject,
            record.log.lane != .control
        else { return false }
        let places = machines.indices.filter { machines[$0].store != nil }
        guard let third = dice.pick(places) else { return false }
        try offices[third].open(record)
        let decisions = try places.compactMap { place in
            try offices[place].race(item.name, Dice(seed: dice.next()))
        }
        for decide in decisions { try decide() }
        return decisions.count > 1
    }

    /// All go home, and come back after days or years. What is on its way then comes late.
    private func night(_ dice: Dice) {
        for machine in machines { machine.stop() }
        let day = World.day
        let lengths = [
            dice.milliseconds(3_600_000...day), dice.milliseconds(day...3 * day),
            dice.milliseconds(30 * day...180 * day), dice.milliseconds(365 * day...1095 * day),
        ]
        schedule.clock.leap(dice.pick(lengths) ?? day)
        for machine in machines { machine.startSoon() }
    }

    /// Somebody carries a part of one node's logs to another.
    private func bundle(to county: CountyMachine, _ dice: Dice) throws {
        guard let target = county.store,
            let source = try dice.pick(counties.filter { $0 !== county })?.inspected()
        else { return }
        var segments: [[UInt8]] = []
        for log in try source.status().logs.map(\.log).sorted()
        where county.identity.ownScopes.contains(log.scope) && dice.roll(0...3) > 0 {
            let part = try source.exportedSegments(of: log)?.encoded ?? []
            segments += part.prefix(dice.roll(0...1) == 0 ? part.count : dice.roll(0...part.count))
        }
        let report = try target.apply(segments)
        toldOfForks.formUnion(report.forked)
        trace("a bundle brings \(report.newChanges) changes to \(county.name)")
        if report.newChanges > 0 { try county.wrote() }
    }
}
