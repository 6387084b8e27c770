import APIClient
import Records
import Rehearsal

/// What must hold of the whole province once it is at rest.
struct Audit {
    let scene: Scene

    /// So many requests at a time.
    static let lanes = 6

    private var ledger: Ledger { scene.ledger }

    func run() async throws {
        let conflicts = try await sameConflicts()
        let open = conflicts.mapValues { conflict in
            Set((conflict["sides"]?.array ?? []).compactMap { $0["change"]?.string })
        }
        ledger.note(conflicts: Array(conflicts.keys))
        scene.tally.add("conflicts closed", ledger.conflicts.count - conflicts.count)
        decisionsStick(open)
        try await everyRecord(open)
        try await everyMerge()
    }

    // MARK: Conflicts

    /// Invariant 1: the same open conflicts everywhere. All are of the province's scope, since
    /// what a county keeps to itself is never edited. Gives the hub's, by name.
    private func sameConflicts() async throws -> [String: JSON] {
        let expected = try await scene.hub.allConflicts()
        for county in scene.counties where try await county.allConflicts() != expected {
            ledger.violation("\(county.name) lists other conflicts than the hub")
        }
        return expected
    }

    /// Invariant 5: what was decided is open again only for a side that the decision did not see.
    private func decisionsStick(_ open: [String: Set<String>]) {
        let decided = ledger.attempts.filter { $0.change != nil && $0.conflict != nil }
        for attempt in decided {
            guard let name = attempt.conflict, let sides = open[name] else { continue }
            // Two offices may merge the same pair in opposite directions.
            if attempt.kind == .merge, decided.count(where: { $0.conflict == name }) > 1 {
                continue
            }
            let isBack = sides.isSubset(of: attempt.shown.sides)
            let isGroup = name.contains(".group-")
            if isBack || (isGroup && !sides.isDisjoint(with: attempt.shown.sides)) {
                ledger.violation("\(name) was decided (\(attempt.mark)) and is open as it was")
            }
        }
    }

    // MARK: Records

    /// Invariants 2 to 4 at the hub, and 9: each author's own node still has the same.
    private func everyRecord(_ open: [String: Set<String>]) async throws {
        let all = ledger.attempts
        let marks = Dictionary(uniqueKeysWithValues: all.map { ($0.mark, $0) })
        var byRecord = Dictionary(
            grouping: all.filter { $0.record != nil && $0.change != nil && $0.kind != .merge }
        ) { Named(type: $0.type, id: $0.record ?? "") }
        // Those of which nobody heard that they were written, too.
        for name in try await stored() { byRecord[name] = byRecord[name] ?? [] }
        try await inLanes(Array(byRecord)) { name, attempts in
            guard let atHub = try await RecordHistory(name.type, name.id, at: scene.hub) else {
                let marks = attempts.map { "\($0.mark)" }.joined(separator: ", ")
                return ledger.violation("the hub lacks \(name.type) \(name.id): attempts \(marks)")
            }
            let audit = RecordAudit(
                history: atHub, attempts: marks, written: attempts, open: open)
            for violation in audit.violations() { ledger.violation(violation) }
            scene.tally.add("unknown but stored", audit.storedOfUnknownOutcome)
            try await ownCopies(atHub, attempts)
        }
        scene.tally.add("audited records", byRecord.count)
    }

    private func ownCopies(_ atHub: RecordHistory, _ attempts: [Attempt]) async throws {
        for county in scene.counties {
            let changes = attempts.filter { $0.node == county.name }.compactMap(\.change)
            if changes.isEmpty { continue }
            let own = try await RecordHistory(atHub.type, atHub.id, at: county)
            for change in changes
            where own?[change] == nil || own?[change]?.whole != atHub[change]?.whole {
                ledger.violation("\(county.name) lost its own \(change) of \(atHub.id)")
            }
        }
    }

    private func stored() async throws -> [Named] {
        var found: [Named] = []
        for type in ["supplier", "creditRecord", "serviceLog"] {
            let records = try await scene.hub.pages("/api/v1/records/\(type)", "records")
            found += records.map { Named(type: type, id: $0["id"]?.string ?? "") }
        }
        return found
    }

    private struct Named: Hashable, Sendable {
        let type: String
        let id: String
    }

    private func everyMerge() async throws {
        for attempt in ledger.attempts where attempt.kind == .merge {
            guard let change = attempt.change else { continue }
            for node in scene.all where node.name == attempt.node || node.name == scene.hub.name {
                let answer = try await node.ask("GET", "/api/v1/changes/\(change)")
                if answer.status != 200 {
                    ledger.violation("\(node.name) lacks the merge \(change)")
                }
            }
        }
    }

    private func inLanes<Element: Sendable>(
        _ elements: [Element], _ work: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        try await together(Array(0..<Self.lanes)) { lane in
            for index in stride(from: lane, to: elements.count, by: Self.lanes) {
                try await work(elements[index])
            }
        }
    }
}

extension NodeProcess {
    /// By name.
    fileprivate func allConflicts() async throws -> [String: JSON] {
        let conflicts = try await pages("/api/v1/conflicts", "conflicts")
        return Dictionary(conflicts.map { ($0["name"]?.string ?? "", $0) }) { first, _ in first }
    }

    /// The elements of a list that comes in pages.
    fileprivate func pages(_ path: String, _ member: String) async throws -> [JSON] {
        var found: [JSON] = []
        var cursor: String?
        repeat {
            let query = cursor.map { "&cursor=\($0.queryEscaped)" } ?? ""
            let page = try await get(path + "?limit=500" + query).json
            found += page[member]?.array ?? []
            cursor = page["next"]?.string
        } while cursor != nil
        return found
    }
}
