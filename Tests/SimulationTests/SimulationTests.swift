import Foundation
@testable import Simulation
import Store
import SyncCore
import Testing

@Suite("A province under faults")
struct SimulationTests {
    /// One seed, with a trace, where the environment names it.
    static let replayed = ProcessInfo.processInfo.environment["CREDITSYNC_SEED"]
        .flatMap(UInt64.init)
    static let seeds: [UInt64] = replayed.map { [$0] } ?? Array(1...100)

    @Test("keeps every promise of the model", arguments: seeds)
    func keepsItsPromises(seed: UInt64) throws {
        try Trial(seed: seed, .drawn(seed), isTraced: Self.replayed != nil).run()
    }

    @Test("does the same thing again from the same seed")
    func repeats() throws {
        let runs = try (0..<2).map { _ in
            let simulation = try Trial(seed: 4711, .drawn(4711))
            try simulation.run()
            let steps = simulation.world.schedule.steps
            return (try simulation.world.hub.inspected().stateDigest(of: .province), steps)
        }
        #expect(runs[0] == runs[1])
    }

    @Test("comes to the same end whatever the clocks show", arguments: UInt64(301)...304)
    func ignoresClocks(seed: UInt64) throws {
        let day: Int64 = 86_400_000
        let shapes = try [[0], [400 * day, -400 * day, 0, 7 * day]].map { skews in
            var setup = Trial.Setup.drawn(seed)
            setup.skews = skews
            // Claimed times change how well segments compress, so nothing may hang on sizes.
            setup.budgetBytes = Limits.exchangeBudgetBytes
            setup.faults.damage = 0
            setup.faults.cutBody = 0
            // A request too far from the hub's time is signed once more.
            setup.isGuarded = false
            setup.script.removeAll { step in
                if case .incident(.clockJump, _) = step.action { true } else { false }
            }
            let simulation = try Trial(seed: seed, setup)
            try simulation.run()
            return try Shape(simulation.world)
        }
        #expect(shapes[0] == shapes[1])
        #expect(!shapes[0].siblings.isEmpty)
    }

    @Test("does the same thing again below SQLite", arguments: UInt64(1)...6)
    func repeatsOnFiles(seed: UInt64) throws {
        let stories = try (0..<2).map { _ in
            var setup = Trial.Setup.drawn(seed)
            setup.files = Set(0...setup.counties)
            setup.faults.ioError = 40_000
            setup.faults.countyCrash = 40_000
            let simulation = try Trial(seed: seed, setup, isRecorded: true)
            try simulation.run()
            return simulation.world.story
        }
        #expect(stories[0] == stories[1])
    }

    /// Early, so that both machines work for a while.
    static let cloning = Step(
        time: 90_000, machine: 1, action: .incident(.nodeCloned, .idle), seed: 1)

    @Test("keeps both lines of a cloned node", arguments: UInt64(401)...405)
    func keepsClones(seed: UInt64) throws {
        var setup = Trial.Setup.drawn(seed)
        setup.script = setup.script.filter(\.isOrdinary) + [Self.cloning]
        let simulation = try Trial(seed: seed, setup)
        try simulation.run()
        let counties = simulation.world.counties
        let (one, other) = (counties.first, counties.last)
        let incarnations = Set(
            try [one, other].compactMap { try $0?.inspected().identity.incarnation })
        let forked = try simulation.world.hub.inspected().status().logs.contains { $0.branches > 1 }
        // Where no line forked, one of the two may go on under the first name.
        #expect(!forked || incarnations.count == 2)
    }
}

extension Step {
    /// No incident.
    fileprivate var isOrdinary: Bool {
        if case .incident = action { false } else { true }
    }
}

/// Planted mistakes: a simulator that finds nothing may be looking at nothing.
@Suite("The simulator finds")
struct PlantedMistakeTests {
    private func isFound(_ plant: (inout Trial.Setup) -> Void) throws -> Bool {
        for seed in UInt64(501)...510 {
            var setup = Trial.Setup.drawn(seed)
            plant(&setup)
            do { try Trial(seed: seed, setup).run() } catch is Violation { return true }
        }
        return false
    }

    @Test("a hub that signs for what it did not store")
    func forgetfulHub() throws {
        #expect(try isFound { $0.hubFlaw = .forgets })
    }

    @Test("a hub that claims to have what the county has")
    func agreeingHub() throws {
        #expect(try isFound { $0.hubFlaw = .agreesWithAll })
    }

    @Test("a form saved over what its person never saw")
    func overwritingForm() throws {
        #expect(try isFound { $0.officeFlaw = .refreshesTokens })
    }

    @Test("disks that claim to have written what they have not")
    func lyingDisks() throws {
        #expect(
            try isFound { setup in
                setup.files = [0, 1]
                setup.disksLie = true
                setup.script += (1...8).map { number in
                    Step(
                        time: 40_000 * Int64(number), machine: 1,
                        action: .incident(.powerCut, .idle), seed: UInt64(number))
                }
            })
    }

    @Test("a node that takes part under another's name and never hears of it")
    func silencedNode() throws {
        #expect(
            try isFound {
                $0.hubFlaw = .hidesForks
                $0.script = $0.script.filter(\.isOrdinary) + [SimulationTests.cloning]
            })
    }
}
