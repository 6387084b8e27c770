import Records
import Store
import SyncCore

/// What must hold once faults have stopped and everything is quiet.
struct Checks {
    let world: World

    private var hub: Store {
        get throws { try world.hub.inspected() }
    }

    func all() throws {
        try convergence()
        try noLostWrite()
        try siblingsAndConflicts()
        try scopes()
        try world.receipts.checkAll()
        try soundness()
    }

    private func require(_ condition: Bool, _ text: @autoclosure () -> String) throws {
        if !condition { throw world.violation(text()) }
    }

    /// Invariant 1.
    func convergence() throws {
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

    /// Invariants 2 and 6: every change is everywhere in its scope, with the bytes it had.
    func noLostWrite() throws {
        for entry in world.ledger.entries where entry.isAcknowledged {
            for machine in world.machines where holds(machine, entry.reference.log.scope) {
                let found = try machine.inspected().change(ShortID(entry.reference))
                try require(
                    found?.headerBytes == entry.headerBytes
                        && found?.payloadBytes == entry.payloadBytes,
                    "\(machine.name) lacks \(entry)")
            }
        }
    }

    private func holds(_ machine: Machine, _ scope: Scope) -> Bool {
        machine.identity.role == .hub || machine.identity.ownScopes.contains(scope)
    }

    /// Invariants 3, 4 and 5, by the ledger.
    func siblingsAndConflicts() throws {
        let hub = try hub
        var expected: [String: Opening] = [:]
        for record in world.ledger.records {
            let outcome = world.ledger.outcome(of: record)
            guard let state = try hub.record(record)?.state else {
                throw world.violation("the hub does not show \(record)")
            }
            for group in outcome.groups {
                let siblings = outcome.siblings(group)
                let found = state.group(group)?.siblings ?? []
                try require(
                    siblings.map(\.reference) == found.map(\.reference)
                        && siblings.map(\.value) == found.map(\.value),
                    """
                    \(record) group \(group): people left \(siblings.map(\.reference)), \
                    the hub shows \(found.map(\.reference))
                    """)
            }
            let type = Catalogue.type(named: outcome.type)
            for (slot, conflict) in outcome.conflicts(
                isConsequential: type?.isConsequential ?? false)
            {
                expected["\(ShortID(record)).\(slot.name)"] = Opening(
                    kind: conflict.0, sides: conflict.1)
            }
        }
        let duplicates = world.ledger.duplicates(ofType: Supplier.type.name) { outcome in
            Set(
                outcome.siblings(Supplier.Group.identity).compactMap {
                    if case .text(let code)? = outcome.fields($0.value)[Supplier.uscc] {
                        code
                    } else {
                        nil
                    }
                })
        }
        for (name, sides) in duplicates { expected[name] = Opening(kind: .duplicate, sides: sides) }
        world.conflictsSeen += expected.count
        try compare(expected, with: try hub.conflicts(limit: 100_000).elements)
    }

    private struct Opening: Equatable {
        let kind: ConflictClass
        let sides: [Reference]
    }

    private func compare(_ expected: [String: Opening], with items: [ConflictItem]) throws {
        var found: [String: Opening] = [:]
        for item in items where item.kind != .brokenRule {
            found[item.name] = Opening(kind: item.kind, sides: item.sides.map(\.reference))
        }
        for name in Set(expected.keys).union(found.keys).sorted()
        where expected[name] != found[name] {
            throw world.violation(
                """
                conflict \(name): by the ledger \(expected[name].map { "\($0)" } ?? "none"), \
                at the hub \(found[name].map { "\($0)" } ?? "none")
                """)
        }
    }

    /// Invariant 10.
    func scopes() throws {
        for county in world.counties {
            for log in try county.inspected().status().logs {
                try require(
                    county.identity.ownScopes.contains(log.log.scope),
                    "\(county.name) holds \(log.log)")
            }
        }
    }

    /// Invariants 6, 8 and 9: every store verifies, and its projection is the fold of history.
    func soundness() throws {
        for machine in world.machines {
            let result = try machine.inspected().verify()
            try require(result.isSound, "\(machine.name): \(result.problems)")
        }
        let before = try hub.stateDigest(of: .province)
        try require(try hub.rebuild(), "the hub rebuilds to other bytes")
        try require(try hub.stateDigest(of: .province) == before, "the hub rebuilt another state")
    }
}
