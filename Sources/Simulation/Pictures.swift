import ReferenceModel
import Store
import SyncCore

/// Compares what stores show with what the reference model expects of the changes they hold:
/// invariants 1 to 5 and 8, at any time.
final class Pictures {
    let world: World
    private var expected: [Int: [(stored: [Int], picture: Picture)]] = [:]

    init(_ world: World) { self.world = world }

    var ledger: Ledger { world.ledger }

    func compare(_ machine: Machine, _ store: Store) throws {
        var open: [String: Picture.Dispute] = [:]
        var bases: [String: [UInt8]] = [:]
        var waiting: [Int] = []
        for record in ledger.records {
            let scopes = machine.identity.ownScopes
            guard machine.identity.role == .hub || scopes.contains(record.log.scope) else {
                continue
            }
            let history = try store.history(ShortID(record))
            let picture = try expected(record, try stored(record, history, store))
            try compareStandings(history ?? [], picture, record, machine)
            waiting += picture.waiting
            let state = try store.record(record)?.state
            guard picture.isVisible == (state != nil) else {
                throw world.violation(
                    "\(machine.name) \(state == nil ? "hides" : "shows") \(world.short(record))",
                    promise: "visibility")
            }
            guard let state else { continue }
            let found = try shown(state)
            guard found == picture else {
                throw world.violation(
                    "\(world.short(record)) at \(machine.name) is \(found), not \(picture)",
                    promise: "state of a record")
            }
            for (slot, dispute) in picture.conflicts {
                open["\(ShortID(record)).\(slot)"] = dispute
            }
            for (group, agreed) in picture.lastAgreed {
                let act = ledger.entries(of: record).first { $0.act.id == agreed }?.act
                bases["\(ShortID(record)).group-\(group)"] = act?.writes[group]
            }
        }
        try compareConflicts(machine, store, open, bases)
        let listed = try store.waiting().compactMap(ledger.known).sorted()
        guard listed == waiting.sorted() else {
            throw world.violation(
                "\(machine.name) lists \(listed) as waiting, not \(waiting.sorted())",
                promise: "waiting changes are listed")
        }
    }

    /// Invariant 15: what is held or waiting can be seen, also where its record is hidden.
    private func compareStandings(
        _ history: [HistoryEntry], _ picture: Picture, _ record: Reference, _ machine: Machine
    ) throws {
        for entry in history {
            let act = ledger.entries(of: record).first { $0.reference == entry.side.reference }?.act
            guard let act, act.isEdit else { continue }
            let values = entry.side.values.map { (Int($0.group), $0.bytes) }
            guard Dictionary(values, uniquingKeysWith: { $1 }) == act.writes else {
                throw world.violation(
                    "history has other values of \(world.short(entry.side.reference))",
                    promise: "history")
            }
        }
        func ids(_ standing: HistoryEntry.Standing) -> [Int] {
            history.filter { $0.standing == standing }.map { ledger.id($0.side.reference) }.sorted()
        }
        // A verdict on what never came is no standing of a change.
        let there = Set(history.map { ledger.id($0.side.reference) })
        guard ids(.held) == picture.held.filter(there.contains),
            history.isEmpty || ids(.waiting) == picture.waiting
        else {
            throw world.violation(
                """
                \(world.short(record)) at \(machine.name) has \(ids(.held)) held and \
                \(ids(.waiting)) waiting, not \(picture.held) and \(picture.waiting)
                """, promise: "standings")
        }
    }

    /// What changes at the hub wait for.
    func wanted(in scopes: Set<Scope>, _ hub: Store) throws -> Set<Int> {
        try ledger.records.filter { scopes.contains($0.log.scope) }.reduce(into: []) {
            let stored = try stored($1, hub.history(ShortID($1)), hub)
            $0.formUnion(try expected($1, stored).wanted)
        }
    }

    // MARK: What is stored

    func stored(
        _ record: Reference, _ history: [HistoryEntry]?, _ store: Store
    ) throws -> [Int] {
        if let history {
            return try history.map { entry in
                guard let id = ledger.known(entry.side.reference) else {
                    throw world.violation(
                        "nobody made \(entry.side.reference)", promise: "nothing is invented")
                }
                return id
            }.sorted()
        }
        return try ledger.entries(of: record)
            .filter { try store.change(ShortID($0.reference)) != nil }.map(\.act.id)
    }

    private func expected(_ record: Reference, _ stored: [Int]) throws -> Picture {
        let id = ledger.id(record)
        if let known = expected[id]?.first(where: { $0.stored == stored }) { return known.picture }
        let isCredit = ledger.entries(of: record)[0].type == "creditRecord"
        let picture = model(record, stored).picture(
            isConsequential: isCredit, rules: isCredit ? rules : [])
        expected[id, default: []].append((stored, picture))
        return picture
    }

    func model(_ record: Reference, _ stored: [Int]) -> RecordModel {
        let ids = Set(stored)
        return RecordModel(
            record: ledger.id(record),
            stored: ledger.entries(of: record).map(\.act).filter { ids.contains($0.id) })
    }

    /// Of the credit record's rules the one that the offices' values can break: an own evaluation
    /// does not speak of lost credit.
    private var rules: [Rule] {
        let (own, discredited) = (ledger.marked(.own), ledger.marked(.discredited))
        return [
            Rule(8) { values in
                own.contains(values[11] ?? []) && discredited.contains(values[12] ?? [])
            }
        ]
    }

    // MARK: What is shown

    private func shown(_ state: RecordState) throws -> Picture {
        func ids(_ references: [Reference]) -> [Int] { references.map(ledger.id).sorted() }
        var picture = Picture()
        picture.isVisible = state.isVisible
        for group in state.groups {
            picture.siblings[Int(group.group)] = ids(group.siblings.map(\.reference))
            for sibling in group.siblings {
                let entry = ledger.entries(of: state.record).first {
                    $0.reference == sibling.reference
                }
                guard entry?.act.writes[Int(group.group)] == sibling.value else {
                    throw world.violation(
                        "a value of \(world.short(state.record)) has other bytes",
                        promise: "state of a record")
                }
            }
            guard let agreed = group.lastAgreed else { continue }
            picture.lastAgreed[Int(group.group)] =
                if case .value(let reference) = agreed {
                    ledger.id(reference)
                } else {
                    Picture.unset
                }
        }
        picture.heads = ids(state.heads)
        picture.held = ids(state.held)
        picture.waiting = ids(state.waiting)
        picture.wanted = ids(state.wanted)
        for conflict in state.conflicts {
            picture.conflicts[conflict.slot.name] = Picture.Dispute(
                kind: conflict.kind.name, sides: ids(conflict.sides))
        }
        return picture
    }

    /// A reviewer is shown what each side wrote, and what all had agreed on.
    private func comparePage(
        _ item: ConflictItem, _ record: Reference, _ base: [UInt8]?, _ machine: Machine
    ) throws {
        guard item.base?.bytes == base else {
            throw world.violation(
                "\(item.name) at \(machine.name) shows another last agreed value",
                promise: "conflict pages")
        }
        var disputed: Int?
        if case .record(_, .group(let group)) = item.subject { disputed = Int(group) }
        for side in item.sides {
            let act = ledger.entries(of: record).first { $0.reference == side.reference }?.act
            let written = (act?.writes ?? [:]).filter { disputed == nil || $0.key == disputed }
            guard side.values.map({ Int($0.group) }) == written.keys.sorted(),
                side.values.allSatisfy({ written[Int($0.group)] == $0.bytes })
            else {
                throw world.violation(
                    "\(item.name) at \(machine.name) shows other values of \(side.reference)",
                    promise: "conflict pages")
            }
        }
    }

    private func compareConflicts(
        _ machine: Machine, _ store: Store, _ expected: [String: Picture.Dispute],
        _ bases: [String: [UInt8]]
    ) throws {
        var found: [String: Picture.Dispute] = [:]
        for item in try store.conflicts(limit: 100_000).elements {
            guard case .record(let record, _) = item.subject, record.log.lane != .control
            else { continue }
            found[item.name] = Picture.Dispute(
                kind: item.kind.name, sides: item.sides.map { ledger.id($0.reference) }.sorted())
            try comparePage(item, record, bases[item.name], machine)
        }
        world.conflictsSeen += found.count
        for name in Set(expected.keys).union(found.keys).sorted()
        where expected[name] != found[name] {
            throw world.violation(
                """
                \(machine.name) lists \(name) as \(found[name].map { "\($0)" } ?? "closed"), not \
                \(expected[name].map { "\($0)" } ?? "closed")
                """, promise: "conflicts")
        }
    }

    // MARK: Duplicates

    func compareDuplicates(_ hub: Store) throws {
        var subjects: [Duplicates.Subject] = []
        for record in ledger.records where ledger.entries(of: record)[0].type == "supplier" {
            let model = model(record, try stored(record, hub.history(ShortID(record)), hub))
            guard model.isAlive else { continue }
            let acts = Dictionary(
                uniqueKeysWithValues: ledger.entries(of: record).map { ($0.act.id, $0.act) })
            func values(_ group: Int) -> [[UInt8]] {
                model.siblings(group).compactMap { acts[$0]?.writes[group] }
            }
            let aliases = Set(values(Int(ReservedGroup.alias)))
            let alias = aliases.count == 1 ? aliases.first.flatMap(ledger.alias) : nil
            subjects.append(
                Duplicates.Subject(
                    record: ledger.id(record), keys: Set(values(10).compactMap(ledger.key)),
                    mergedInto: alias.map(ledger.id)))
        }
        let expected = Duplicates.open(among: subjects)
        var found: [String: [Int]] = [:]
        for item in try hub.conflicts(kind: .duplicate, limit: 100_000).elements {
            guard case .duplicate("supplier", let key) = item.subject else { continue }
            found[key] = item.sides.map { ledger.id($0.reference) }.sorted()
        }
        guard expected == found else {
            throw world.violation(
                "duplicates are \(found), not \(expected)", promise: "duplicates")
        }
    }
}
