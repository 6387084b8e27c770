/// Thousands of random histories: at every node the merge says what the oracle expects.
import SyncCore
import Testing

@Suite struct MergeAgainstOracleTests {
    static let seedCount = 2400
    static let batchCount = 24

    @Test(arguments: 0..<batchCount)
    func `Every node sees what the oracle expects, on the way and at the end`(batch: Int) {
        for seed in stride(from: batch, to: Self.seedCount, by: Self.batchCount) {
            var world = World.random(seed: UInt64(seed), steps: 40) { world in
                guard world.random.chance(8) else { return }
                expectAgreement(world, at: world.random.below(world.nodes.count), seed: seed)
            }
            world.exchangeEverything()
            for node in world.nodes.indices { expectAgreement(world, at: node, seed: seed) }
        }
    }

    private func expectAgreement(_ world: World, at node: Int, seed: Int) {
        for record in world.recordsStored(at: node) {
            let sighting = Sighting(world, record: record, at: node)
            let faults = sighting.faults(of: sighting.honest)
            #expect(faults.isEmpty, "seed \(seed), record \(record), \(world.nodes[node].name)")
        }
    }

    @Test func `Nodes of one scope agree once each has what the others have`() {
        for seed in 0..<200 {
            var world = World.random(seed: UInt64(seed), steps: 40)
            world.exchangeEverything()
            for record in world.records where !world.lost.contains(record) {
                let scope = world.scope(of: record)
                let states = world.nodes.indices
                    .filter { world.nodes[$0].scopes.contains(scope) }
                    .map { Sighting(world, record: record, at: $0).honest }
                #expect(Set(states).count == 1, "seed \(seed), record \(record)")
            }
        }
    }

    @Test func `Neither order of arrival nor repetition changes what is seen`() {
        for seed in 0..<300 {
            var world = World.random(seed: UInt64(seed), steps: 40)
            for record in world.recordsStored(at: World.hub) {
                let sighting = Sighting(world, record: record, at: World.hub)
                let state = sighting.honest
                for _ in 0..<3 {
                    let repeated = sighting.arrived.filter { _ in world.random.chance(30) }
                    let changes = (sighting.arrived + repeated).shuffled(using: &world.random)
                    let again = sighting.story(changes).fold(World.rules)
                    #expect(again == state, "seed \(seed), record \(record)")
                }
            }
        }
    }

    @Test func `What an author could know is what was ever displayed to them`() {
        for seed in 0..<100 {
            let world = World.random(seed: UInt64(seed), steps: 40)
            for record in world.recordsStored(at: World.hub) {
                let sighting = Sighting(world, record: record, at: World.hub)
                let oracle = world.oracle(record, at: World.hub)
                for id in oracle.complete where oracle.voided.isEmpty {
                    guard world.events[id].kind.isEdit else { continue }
                    let seen = sighting.story(sighting.arrived).seen(
                        by: world.changes[id].reference)
                    let edits = seen.changes.filter(\.kind.isEdit).map(\.reference)
                    #expect(sighting.ids(edits) == world.events[id].everShown.union([id]))
                }
            }
        }
    }

    /// Agreement about nothing would be worth nothing.
    @Test func `The histories contain all that the model speaks of`() {
        var seen: [String: Int] = [:]
        func count(_ what: String, _ happens: Bool) { seen[what, default: 0] += happens ? 1 : 0 }
        for seed in 0..<300 {
            var world = World.random(seed: UInt64(seed), steps: 40)
            let onTheWay = world.nodes.indices.flatMap { node in
                world.recordsStored(at: node).map { Sighting(world, record: $0, at: node).expected }
            }
            count("waiting", onTheWay.contains { !$0.waiting.isEmpty })
            count("wanted", onTheWay.contains { !$0.wanted.isEmpty })
            world.exchangeEverything()
            let places = Set(world.changes.map { "\($0.reference.log)/\($0.reference.sequence)" })
            count("fork", places.count < world.changes.count)
            for record in world.recordsStored(at: World.hub) {
                let oracle = world.oracle(record, at: World.hub)
                let picture = oracle.picture(isConsequential: World.isConsequential)
                count("held", !picture.held.isEmpty)
                count("released", picture.standing.count > picture.held.count)
                count("several verdicts", picture.standing.values.contains { $0.count > 1 })
                count("hidden", !picture.isVisible && !picture.held.isEmpty)
                count("void", !oracle.voided.isEmpty)
                count("agreed once", picture.lastAgreed.values.contains { $0 != Picture.unset })
                count("never agreed", picture.lastAgreed.values.contains(Picture.unset))
                count(
                    "equal siblings",
                    picture.siblings.contains { group, siblings in
                        siblings.count > 1 && picture.lastAgreed[group] == nil
                    })
                count(
                    "held decision",
                    picture.held.contains { id in
                        world.events[id].shown.values.contains { $0.count > 1 }
                    })
                for dispute in picture.conflicts.values { count(dispute.kind.name, true) }
            }
        }
        let rare = seen.filter { $0.value < 5 }
        #expect(rare.isEmpty)
        #expect(seen.count == 16)
    }
}
