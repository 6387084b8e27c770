/// A conflict keeps its address while sides come and go, and a decision sticks until a side
/// arrives that it had not seen.
import SyncCore
import Testing

@Suite struct ConflictNamingTests {
    let text = World.text
    let note = World.note

    private func conflicts(_ world: World, at node: Int = World.hub) -> [OpenConflict] {
        Sighting(world, record: 0, at: node).honest.conflicts
    }

    private func ids(_ world: World, _ conflict: OpenConflict?) -> Set<Int> {
        Set(conflict?.sides.compactMap { world.ids[$0] } ?? [])
    }

    private func start(type: String = "supplier") -> World {
        var world = World()
        world.create(at: 1, type: type, [text: [0]])
        world.exchangeEverything()
        return world
    }

    @Test func `The author of a change that is not there saw nothing`() {
        let record = Reference(log: ShortIDTests.log, sequence: 1, prefix: 1)
        let story = Story(record: record, changes: [])
        #expect(story.seen(by: record).changes.isEmpty)
    }

    @Test func `The address stays and the version changes while sides come and go`() {
        var world = start()
        let one = world.edit(0, at: 1, .edit, [text: [1]])
        let two = world.edit(0, at: 2, .edit, [text: [2]])
        world.sync(1)
        world.sync(2)
        let first = conflicts(world)
        #expect(first.map(\.slot.name) == ["group-10"])
        #expect(ids(world, first.first) == [one, two])

        let three = world.edit(0, at: 3, .edit, [text: [3]])
        world.sync(3)
        let second = conflicts(world)
        #expect(second.map(\.slot) == first.map(\.slot))
        #expect(ids(world, second.first) == [one, two, three])
        #expect(VersionToken.make(first[0].sides) != VersionToken.make(second[0].sides))

        world.judge(three, holds: true)
        #expect(conflicts(world) == first, "the same sides, the same version")
    }

    @Test func `A side that the decision had not seen reopens the conflict at its address`() {
        var world = start()
        world.edit(0, at: 1, .edit, [text: [1]])
        world.edit(0, at: 2, .edit, [text: [2]])
        let late = world.edit(0, at: 3, .edit, [text: [3]])
        world.sync(1)
        world.sync(2)
        let slots = conflicts(world).map(\.slot)
        let decision = world.edit(0, at: World.hub, .decision, [text: [1]])
        #expect(conflicts(world) == [])
        world.sync(3)
        #expect(conflicts(world).map(\.slot) == slots)
        #expect(ids(world, conflicts(world).first) == [decision, late])
        #expect(conflicts(world).map(\.kind) == [.sameField])
    }

    @Test func `Equal values do not conflict, and all of them are replaced together`() {
        var world = start()
        let one = world.edit(0, at: 1, .edit, [text: [7]])
        let two = world.edit(0, at: 2, .edit, [text: [7]])
        world.exchangeEverything()
        let state = Sighting(world, record: 0, at: World.hub).honest
        #expect(state.conflicts == [])
        #expect(state.group(text)?.agreedValue == [7])
        #expect(
            Set(state.group(text)?.siblings.compactMap { world.ids[$0.reference] } ?? []) == [
                one, two,
            ])
        world.edit(0, at: 3, .edit, [text: [8]])
        world.exchangeEverything()
        #expect(Sighting(world, record: 0, at: World.hub).honest.group(text)?.siblings.count == 1)
    }

    @Test func `Parallel edits of a consequential record are listed until someone looks`() {
        for kind in [ChangeKind.join, .decision] {
            var world = start(type: "credit")
            let one = world.edit(0, at: 1, .edit, [text: [1]])
            let two = world.edit(0, at: 2, .edit, [note: [2]])
            world.exchangeEverything()
            #expect(conflicts(world).map(\.slot.name) == ["parallel"])
            #expect(ids(world, conflicts(world).first) == [one, two])
            world.edit(0, at: 3, .edit, [note: [3]])
            world.exchangeEverything()
            #expect(conflicts(world).map(\.slot) == [.parallel], "no ordinary edit closes it")
            world.edit(0, at: 3, kind, [:])
            world.exchangeEverything()
            #expect(conflicts(world) == [])
        }
        var world = start(type: "supplier")
        world.edit(0, at: 1, .edit, [text: [1]])
        world.edit(0, at: 2, .edit, [note: [2]])
        world.exchangeEverything()
        #expect(conflicts(world) == [], "of other records they are merged in silence")
    }

    @Test func `A record has at most one conflict for each slot, by name and back`() {
        var world = start(type: "credit")
        world.edit(0, at: 1, .edit, [text: [1], note: [1]])
        world.edit(0, at: 2, .edit, [text: [2], note: [2]])
        world.edit(0, at: 3, .edit, [World.life: World.withdrawn])
        world.exchangeEverything()
        let names = conflicts(world).map(\.slot.name)
        #expect(names == ["group-10", "group-11", "life"])
        #expect(names.compactMap { ConflictSlot($0) } == conflicts(world).map(\.slot))
        #expect(ConflictSlot("rule-3")?.name == "rule-3")
    }

    @Test(arguments: [
        "", "-", "group", "group-", "group-x", "group-1-2", "life-1", "rule--1", "else", "group--1",
        "-group-1", "group-01", "group-+1", "rule-+1",
    ])
    func `Only the one address of a conflict is read`(wrong: String) {
        #expect(ConflictSlot(wrong) == nil)
    }
}
