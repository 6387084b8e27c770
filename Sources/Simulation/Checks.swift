import Records
import ReferenceModel
import Store
import SyncCore

/// What must hold, by the reference model: after the faults of every disk, and of the whole
/// province once everything is quiet.
struct Checks {
    let world: World

    private var ledger: Ledger { world.ledger }

    func afterWork() throws {
        let pictures = Pictures(world)
        for machine in world.machines {
            let store = try machine.inspected()
            try pictures.compare(machine, store)
            try nothingIsInvented(machine, store)
            try promises(machine, store)
        }
        for county in world.counties { try uploads(county) }
        try wanted(pictures)
    }

    func atRest() throws {
        let hub = try world.hub.inspected()
        let pictures = Pictures(world)
        for machine in world.machines {
            let store = try machine.inspected()
            try pictures.compare(machine, store)
            try nothingIsInvented(machine, store)
            try scopes(machine, store)
            try soundness(machine, store)
        }
        try forks()
        try backlogs(hub)
        try anyOrder(hub)
        try convergence(hub)
        try noLostWrite()
        try pictures.compareDuplicates(hub)
        try pictures.compareAliases(hub)
        try world.receipts.checkAll()
        try idempotence(hub)
        try rebuild(hub)
    }

    func require(
        _ condition: Bool, _ text: @autoclosure () -> String, promise: String = #function
    ) throws {
        if !condition { throw world.violation(text(), promise: promise) }
    }

    // MARK: Changes

    /// Invariant 9, and 8: what was acknowledged here is here, whatever happened since.
    func promises(_ machine: Machine, _ store: Store) throws {
        if machine.rot != nil { return }
        for reference in machine.promised {
            try require(
                try store.change(ShortID(reference)) != nil,
                "\(machine.name) lost its own \(reference)")
        }
    }

    /// Every record was made by somebody who was not told that it is not stored; of other changes the
    /// pictures ask the same. Registrations and backlogs are not followed.
    private func nothingIsInvented(_ machine: Machine, _ store: Store) throws {
        let types = Set(ledger.records.compactMap { ledger.entries(of: $0).first?.type })
            .union([Supplier.type.name, CreditRecord.type.name])
        for type in types.sorted()
        where ![ServiceLog.type.name, RegisteredNode.type.name].contains(type) {
            for record in try machine.records(of: type, store) {
                try require(
                    ledger.known(record.state.record) != nil,
                    "nobody made \(record.state.record), which is at \(machine.name)")
            }
        }
    }

    /// Invariants 2, 6 and 14: every change is everywhere in its scope, with the bytes it had.
    private func noLostWrite() throws {
        for entry in ledger.entries {
            for machine in world.machines where holds(machine, entry.reference.log.scope) {
                let found = try machine.inspected().change(ShortID(entry.reference))
                if found == nil, ledger.excused.contains(entry.act.id) { continue }
                try require(
                    found?.entry == entry.bytes[...],
                    "\(machine.name) lacks \(entry.act.kind) \(entry.reference)")
            }
        }
    }

    func holds(_ machine: Machine, _ scope: Scope) -> Bool {
        machine.identity.role == .hub || machine.identity.ownScopes.contains(scope)
    }

    // MARK: Nodes

    /// Invariant 1.
    private func convergence(_ hub: Store) throws {
        for county in world.counties {
            let store = try county.inspected()
            for scope in county.identity.ownScopes {
                try require(
                    try store.stateDigest(of: scope) == hub.stateDigest(of: scope),
                    "\(county.name) and the hub differ in the state of \(scope)")
                try require(
                    try conflicts(store, in: scope) == conflicts(hub, in: scope),
                    "\(county.name) and the hub list different conflicts in \(scope)")
            }
        }
    }

    private func conflicts(_ store: Store, in scope: Scope) throws -> Set<ConflictItem> {
        Set(
            try store.conflicts(limit: 100_000).elements.filter { item in
                switch item.subject {
                case .record(let record, _): record.log.scope == scope
                case .duplicate: scope == .province
                }
            })
    }

    /// Invariant 10.
    private func scopes(_ machine: Machine, _ store: Store) throws {
        for log in try store.status().logs {
            try require(holds(machine, log.log.scope), "\(machine.name) holds \(log.log)")
        }
    }

    /// What is shown as uploaded is.
    private func uploads(_ county: CountyMachine) throws {
        // Where something went back or forked, numbers of changes say nothing.
        let isAlone = world.counties.count { $0.name == county.name } == 1
        if world.hadDisaster || world.tally[.bitRot] > 0 || county.life > 0 || !isAlone { return }
        let (store, hub) = (try county.inspected(), try world.hub.inspected())
        let lacking = try ledger.entries.count { entry in
            let id = ShortID(entry.reference)
            return try entry.reference.log.node == county.name && store.change(id) != nil
                && hub.change(id) == nil
        }
        let shown = try store.status().pendingUpload
        try require(
            lacking <= shown, "\(county.name) shows \(shown) changes to upload of \(lacking)")
    }

    /// An answer lists what is wanted.
    private func wanted(_ pictures: Pictures) throws {
        let hub = try world.hub.inspected()
        guard let name = world.counties.first?.name, let member = try hub.member(name) else {
            return
        }
        let request = ExchangeRequest(
            scopes: try hub.reports(of: member.scopes), answerBudgetBytes: 0)
        let answer = try hub.exchange(request, from: member).answer
        let listed = Set(answer.wanted.compactMap(ledger.known))
        let expected = try pictures.wanted(in: Set(member.scopes), hub)
        try require(listed == expected, "the hub wants \(listed), not \(expected)")
    }

    /// The hub signed for all that a county wrote, and the county can show it.
    func receipts() throws {
        for county in world.counties {
            let status = try county.inspected().status()
            let clocks = status.scopes.compactMap(\.clock)
            for log in status.logs where log.log.node == county.name {
                let tips = clocks.flatMap { $0[log.log] }.map(\.sequence)
                try require(
                    log.receiptedThrough == tips.max(),
                    "\(county.name) has no receipt for all of \(log.log)")
            }
        }
    }

    /// A log that got branches is told of, by whoever stored the second one first at the latest.
    private func forks() throws {
        // Who dies between the commit and the telling tells nobody.
        if world.machines.contains(where: { $0.files != nil }) { return }
        for machine in world.machines {
            for log in try machine.inspected().status().logs where log.branches > 1 {
                try require(world.toldOfForks.contains(log.log), "nobody was told of \(log.log)")
            }
        }
    }

    private func backlogs(_ hub: Store) throws {
        if world.hadDisaster { return }
        for backlog in world.backlogs where backlog.machine.life == backlog.life {
            try require(
                try hub.change(ShortID(backlog.last)) != nil,
                "the backlog of \(backlog.machine.name) is not at the hub")
        }
    }

    /// Invariants 6, 8 and 9: every store verifies, and its projection is the fold of history.
    private func soundness(_ machine: Machine, _ store: Store) throws {
        let result = try store.verify()
        try require(result.isSound, "\(machine.name): \(result.problems)")
    }

    /// Invariant 7: everything once more, the other way round.
    private func idempotence(_ hub: Store) throws {
        guard let county = world.counties.last else { return }
        let store = try county.inspected()
        let before = try store.stateDigest(of: .province)
        let incarnation = store.identity.incarnation
        let segments = try hub.status().logs.map(\.log).filter { holds(county, $0.scope) }
            .flatMap { try hub.exportedSegments(of: $0)?.encoded ?? [] }
        let report = try store.apply(segments.reversed())
        try require(
            report.newChanges == 0 && report.refusals.isEmpty,
            "\(report.newChanges) changes are new to \(county.name), refused \(report.refusals)")
        try require(
            try store.stateDigest(of: .province) == before
                && store.identity.incarnation == incarnation,
            "the same segments once more change \(county.name)")
    }

    private func rebuild(_ hub: Store) throws {
        let before = try hub.stateDigest(of: .province)
        try require(try hub.rebuild(), "the hub rebuilds to other bytes")
        try require(try hub.stateDigest(of: .province) == before, "the hub rebuilt another state")
    }
}
