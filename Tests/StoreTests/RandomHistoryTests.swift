/// Random work at several nodes: after each step the projection is the fold of history, and in the
/// end everybody holds the same.
import LogWriting
import Records
import Store
import SyncCore
import SyncSession
import Testing

@Suite struct RandomHistoryTests {
    @Test(arguments: 0..<150)
    func `The projection is the fold of history`(_ seed: Int) throws {
        var history = try RandomWork(seed: UInt64(seed))
        for step in 0..<12 {
            let store = try history.step()
            #expect(try store.rebuild(), "seed \(seed), step \(step)")
        }
        try history.settle()
        let hub = history.province.hub.store
        let (expected, conflicts) = (try hub.stateDigest(of: .province), try hub.allConflicts())
        for node in history.nodes {
            #expect(try node.store.stateDigest(of: .province) == expected, "seed \(seed)")
            #expect(try node.store.allConflicts() == conflicts, "seed \(seed)")
            #expect(try node.store.verify().problems == [], "seed \(seed)")
        }
    }

    @Test(arguments: 1000..<1025)
    func `Segments in any order give the same state`(_ seed: Int) throws {
        var history = try RandomWork(seed: UInt64(seed))
        for _ in 0..<25 { _ = try history.step() }
        try history.settle()
        let hub = history.province.hub.store
        let segments = try hub.sealed()
        let control = segments.prefix(1)
        for _ in 0..<3 {
            let store = try Node(Province.county(5), in: InMemoryDatabase(), seed: 1).store
            _ = try store.apply(Array(control))
            // What has nowhere to go yet comes again.
            while try store.reports(of: [.province])[0].digest
                != hub.reports(of: [.province])[0].digest
            {
                for part in history.shuffled(segments) {
                    _ = try store.apply([part])
                    if seed % 4 == 0 { #expect(try store.rebuild(), "seed \(seed)") }
                }
            }
            #expect(try store.stateDigest(of: .province) == hub.stateDigest(of: .province))
            #expect(try store.allConflicts() == hub.allConflicts(), "seed \(seed)")
            #expect(try store.verify().problems == [], "seed \(seed)")
        }
    }
}

extension Store {
    fileprivate func allConflicts() throws -> Set<ConflictItem> {
        Set(try conflicts(limit: 10_000).elements)
    }
}

/// One person after another does something somewhere; the hub holds and releases, and now and then
/// a county goes on from a copy of itself.
struct RandomWork {
    let province: Province
    private var random: SplitMix64
    private(set) var nodes: [Node]
    private var records: [Reference] = []
    private var forms: [(record: Reference, node: Int, token: String)] = []
    private var judge = LogWriter(Province.hubIdentity, incarnation: 9, lane: .control)

    init(seed: UInt64) throws {
        province = try Province(counties: 2, seed: seed)
        random = SplitMix64(seed: seed)
        nodes = [province.hub] + province.counties
        try province.settle()
        records.append(try province.hub.store.newSupplier("公司", code: 1))
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    /// Returns the store that it happened at.
    mutating func step() throws -> Store {
        let node = below(nodes.count)
        let store = nodes[node].store
        let record = records[below(records.count)]
        switch below(14) {
        case 0: records.append(try store.newSupplier("新\(below(3))", code: below(2)))
        case 1, 2, 3:
            let county = nodes[1 + below(nodes.count - 1)]
            try county.sync(with: province.hub.store)
            return county.store
        case 4:
            try decide(at: store)
        case 5:
            try holdOrRelease(record)
            return province.hub.store
        case 6 where nodes.count < 4:
            nodes.append(try province.counties[below(2)].clone(seed: random.next()))
        default:
            guard let shown = try store.record(record) else { return store }
            // Somebody has a form open, and saves it later.
            if below(3) == 0 { forms.append((record, node, shown.token)) }
            try edit(record, at: store, form: openForm(record, node) ?? shown.token)
        }
        return store
    }

    private mutating func openForm(_ record: Reference, _ node: Int) -> String? {
        let open = forms.filter { $0.record == record && $0.node == node }
        return open.isEmpty || below(2) == 0 ? nil : open[below(open.count)].token
    }

    private mutating func edit(_ record: Reference, at store: Store, form: String) throws {
        let writes: [GroupID: Edit.GroupWrite] =
            switch below(6) {
            case 0: [Supplier.Group.size: .size(below(2) == 0 ? "SMALL" : "LARGE")]
            case 1:
                [
                    ReservedGroup.life: .verbatim(
                        below(2) == 0 ? LifeValue.withdrawn : LifeValue.alive)
                ]
            case 2:
                [
                    ReservedGroup.alias: .verbatim(
                        Alias.value(below(3) == 0 ? nil : ShortID(records[below(records.count)])))
                ]
            default: [Supplier.Group.name: .name("名\(below(4))")]
            }
        let basis: Edit.Basis = below(8) == 0 ? .nothing : .keepBoth(token: form)
        do {
            try store.edit(record, basis: basis, writes)
        } catch StoreError.disputed {
        } catch StoreError.badToken {
            // The form was opened before the node took a new name.
        }
    }

    private mutating func holdOrRelease(_ record: Reference) throws {
        let hub = province.hub.store
        guard let history = try hub.history(ShortID(record)) else { return }
        let edits = history.filter { $0.side.kind.isEdit }
        let target = edits[below(edits.count)].side.reference
        let standing = try hub.record(record)?.state.verdicts.first { $0.target == target }
        judge.judge(
            target, of: record, holds: !(standing?.isHeld ?? false),
            replacing: standing?.verdicts ?? [])
        let last = judge.changes.count
        _ = try hub.apply([judge.seal(last...last)])
    }

    mutating func shuffled(_ segments: [[UInt8]]) -> [[UInt8]] {
        segments.shuffled(using: &random)
    }

    func settle() throws {
        for _ in 0..<10 {
            for node in nodes.dropFirst() { try node.sync(with: province.hub.store) }
        }
    }

    private mutating func decide(at store: Store) throws {
        let open = try store.conflicts(limit: 99).elements.filter { $0.kind != .duplicate }
        guard !open.isEmpty, case let item = open[below(open.count)],
            case .record(_, let slot) = item.subject
        else { return }
        let group: GroupID = if case .group(let group) = slot { group } else { ReservedGroup.life }
        let values = item.sides.flatMap(\.values).filter { $0.group == group }
        let value = values.isEmpty ? LifeValue.alive : values[below(values.count)].bytes
        try store.decide(item.name, [group: .verbatim(value)])
    }
}
