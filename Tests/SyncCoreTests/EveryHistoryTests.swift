/// Every short history of one record, two counties and the hub, not a sample.
import SyncCore
import Testing

@Suite struct EveryHistoryTests {
    enum Act: Hashable, CaseIterable {
        case editA, editB, noteB, withdrawB, decideA, decideB, joinB, openA, saveOldA, importB
        case syncA, syncB, answerToALost, hubJudges, hubJudgesFirst
    }

    static let depth = 5

    @Test(arguments: Act.allCases)
    func `Every history of up to five acts after the record's creation`(first: Act) {
        var start = World(names: ["hub", "a", "b"])
        start.create(at: 1, type: "credit", [World.text: [100]])
        start.exchangeEverything()
        var count = 0
        follow(start, [first], &count)
        #expect(count == Self.expectedCounts[first] ?? 0, "\(first) \(count)")
    }

    /// Counted, so that nobody makes the alphabet smaller unawares: 19,281 histories, which stand
    /// for 56,485 when acts that commute are told in every order.
    static let expectedCounts: [Act: Int] = [
        .editA: 5558, .editB: 2144, .noteB: 2161, .withdrawB: 2162, .importB: 3301,
        .openA: 2913, .hubJudges: 1042,
    ]

    private func follow(_ world: World, _ acts: [Act], _ count: inout Int) {
        var world = world
        guard let node = perform(acts[acts.count - 1], &world) else { return }
        count += 1
        expectAgreement(world, at: node, acts)
        if acts.count < Self.depth {
            for act in Act.allCases where !commutes(acts[acts.count - 1], act) {
                follow(world, acts + [act], &count)
            }
        }
        world.exchangeEverything()
        expectAgreement(world, at: World.hub, acts)
        #expect(Set(world.nodes.map(\.stored)).count == 1, "\(acts)")
    }

    /// Acts that touch one node each can be told in either order: they are followed in one.
    private func commutes(_ first: Act, _ second: Act) -> Bool {
        func place(_ act: Act) -> Int? {
            switch act {
            case .editA, .decideA, .openA, .saveOldA: 0
            case .editB, .noteB, .withdrawB, .decideB, .joinB, .importB: 1
            case .hubJudges, .hubJudgesFirst: 2
            case .syncA, .syncB, .answerToALost: nil
            }
        }
        guard let a = place(first), let b = place(second) else { return false }
        return a > b
    }

    private func expectAgreement(_ world: World, at node: Int, _ acts: [Act]) {
        let sighting = Sighting(world, record: 0, at: node)
        let faults = sighting.faults(of: sighting.honest)
        if faults.isEmpty { return }
        #expect(faults.isEmpty, "\(acts)")
    }

    /// The node at which something changed; nil if the act is not possible or changes nothing.
    private func perform(_ act: Act, _ world: inout World) -> Int? {
        let node =
            [.editB, .noteB, .withdrawB, .decideB, .joinB, .importB, .syncB].contains(act) ? 2 : 1
        let value = UInt8(world.events.count)
        let stored = world.nodes.map(\.stored)
        switch act {
        case .editA, .editB: world.edit(0, at: node, .edit, [World.text: [value]])
        case .noteB: world.edit(0, at: node, .edit, [World.note: [value]])
        case .withdrawB: world.edit(0, at: node, .edit, [World.life: World.withdrawn])
        case .importB: world.importValues(0, at: node, [World.text: [value]])
        case .decideA, .decideB:
            let form = world.form(0, at: node)
            guard form.hasConflict else { return nil }
            let groups = form.disputed.isEmpty ? [World.text] : form.disputed
            world.save(
                form, at: node, .decision,
                Dictionary(uniqueKeysWithValues: groups.map { ($0, [value]) }))
        case .joinB:
            let form = world.form(0, at: node)
            guard form.heads.count > 1 else { return nil }
            world.save(form, at: node, .join, [:])
        case .openA:
            guard world.nodes[node].forms.isEmpty else { return nil }
            world.nodes[node].forms = [world.form(0, at: node)]
            return node
        case .saveOldA:
            guard let form = world.nodes[node].forms.popLast() else { return nil }
            world.save(form, at: node, .edit, [World.text: [value]])
        case .syncA, .syncB: world.sync(node)
        case .answerToALost: world.sync(node, answerArrives: false)
        case .hubJudges, .hubJudgesFirst:
            let edits = world.nodes[0].arrived.filter { world.events[$0].kind.isEdit }
            guard let target = act == .hubJudges ? edits.last : edits.first else { return nil }
            if act == .hubJudgesFirst && edits.count == 1 { return nil }
            let isHeld = world.oracle(0, at: 0).held.contains(target)
            world.judge(target, holds: !isHeld)
            return World.hub
        }
        return stored == world.nodes.map(\.stored) ? nil : node
    }
}
