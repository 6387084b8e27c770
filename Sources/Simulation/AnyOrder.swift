import Store
import SyncCore

extension Checks {
    /// Invariant 7: an empty node that is given everything in any split, and nearly any order, is
    /// like the others in the end.
    func anyOrder(_ hub: Store) throws {
        let dice = world.dice.fork()
        guard let county = dice.pick(world.counties) else { return }
        let old = county.identity
        let disk = try MemoryDisk()
        let clock: MemoryDisk.Time = { World.epoch }
        let random: MemoryDisk.Salts = { dice.bytes($0) }
        try disk.create(
            Identity(
                node: old.node, role: old.role, division: old.division, incarnation: dice.next(),
                key: old.key, hub: old.hub, hubKey: old.hubKey, hubAddress: nil),
            clock: clock, random: random)
        let store = try disk.open(clock: clock, random: random)
        var left = try shuffled(hub, for: county, dice)
        var triesLeft = 20 * left.count
        while !left.isEmpty, triesLeft > 0 {
            let batch = Array(left.prefix(dice.roll(1...12)))
            triesLeft -= batch.count
            let results = try store.apply(batch).results
            // What comes before its predecessor, or before who wrote it is known, comes again.
            left = left.dropFirst(batch.count)
            left += zip(batch, results).filter {
                if case .refused = $1.result { true } else { false }
            }.map(\.0)
        }
        try require(left.isEmpty, "\(left.count) segments are refused whatever came before")
        for scope in old.ownScopes {
            try require(
                try store.stateDigest(of: scope) == hub.stateDigest(of: scope),
                "another order leads to another state of \(scope)")
        }
    }

    /// Segments of a log change places with their neighbours: far from home they only wait.
    private func shuffled(
        _ hub: Store, for county: CountyMachine, _ dice: Dice
    ) throws -> ArraySlice<[UInt8]> {
        var placed: [(place: Int, segment: [UInt8])] = []
        for log in try hub.status().logs.map(\.log) where holds(county, log.scope) {
            let start = dice.roll(0...30)
            for (index, segment) in try (hub.exportedSegments(of: log)?.encoded ?? []).enumerated()
            {
                placed.append((start + index + dice.roll(0...3), segment))
            }
        }
        return placed.sorted { $0.place < $1.place }.map(\.segment)[...]
    }
}
