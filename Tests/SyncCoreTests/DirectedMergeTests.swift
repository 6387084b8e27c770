/// The scenarios that shaped the model, D1 to D14, each with what must come out of it.
import SyncCore
import Testing

@Suite struct DirectedMergeTests {
    static let text = World.text
    static let note = World.note
    static let life = World.life
    let a = 1
    let b = 2
    let c = 3

    /// One record that every node has.
    func start(
        type: String = "supplier", _ values: [GroupID: [UInt8]] = [text: [0]]
    ) -> (World, record: Int) {
        var world = World()
        let record = world.create(at: a, type: type, values)
        world.exchangeEverything()
        return (world, record)
    }

    /// What a node shows, checked against the oracle on the way.
    func picture(_ world: World, _ record: Int, at node: Int = World.hub) -> Picture {
        let sighting = Sighting(world, record: record, at: node)
        #expect(sighting.faults(of: sighting.honest) == [])
        return sighting.picture(of: sighting.honest)
    }

    func sides(_ picture: Picture, _ group: GroupID = text) -> Set<Int> {
        Set(picture.siblings[group, default: [:]].keys)
    }

    @Test func `D1 What a released hold brings back is one side of a conflict`() {
        var (world, record) = start()
        let held = world.edit(record, at: a, .edit, [Self.text: [1]])
        world.exchangeEverything()
        world.judge(held, holds: true)
        world.exchangeEverything()
        let note = world.edit(record, at: a, .edit, [Self.note: [5]])
        let other = world.edit(record, at: a, .edit, [Self.text: [2]])
        world.exchangeEverything()
        #expect(sides(picture(world, record)) == [other])
        world.judge(held, holds: false)

        let released = picture(world, record)
        #expect(sides(released) == [held, other])
        #expect(released.lastAgreed[Self.text] == record)
        #expect(released.conflicts.keys.map(\.name) == ["group-10"])
        #expect(sides(released, Self.note) == [note])
        #expect(released.heads == [held, other])
    }

    @Test func `D2 A withdrawal and an edit stay listed until a decision saw both`() {
        var (world, record) = start()
        let withdrawal = world.edit(record, at: a, .edit, [Self.life: World.withdrawn])
        world.edit(record, at: a, .edit, [Self.note: [1]])
        let edit = world.edit(record, at: b, .edit, [Self.text: [7]])
        world.exchangeEverything()
        let open = Picture.Dispute(kind: .withdrawVsEdit, sides: [withdrawal, edit])
        #expect(picture(world, record).conflicts == [.life: open])

        world.edit(record, at: c, .edit, [Self.note: [2]])
        world.exchangeEverything()
        #expect(picture(world, record).conflicts == [.life: open], "no ordinary edit closes it")
        world.edit(record, at: a, .join, [:])
        world.exchangeEverything()
        #expect(picture(world, record).conflicts == [.life: open], "no join closes it")
        world.edit(record, at: b, .decision, [Self.life: World.alive])
        world.exchangeEverything()
        #expect(picture(world, record).conflicts == [:])
    }

    @Test func `D3 Two resolutions that cross are a conflict of decisions`() {
        var (world, record) = start()
        world.edit(record, at: a, .edit, [Self.text: [1]])
        world.edit(record, at: b, .edit, [Self.text: [2]])
        world.exchangeEverything()
        let mine = world.edit(record, at: a, .decision, [Self.text: [3]])
        let theirs = world.edit(record, at: b, .decision, [Self.text: [4]])
        world.exchangeEverything()

        let crossed = picture(world, record)
        #expect(
            crossed.conflicts == [
                .group(Self.text): Picture.Dispute(
                    kind: .decisionVsDecision, sides: [mine, theirs])
            ])
        #expect(crossed.lastAgreed[Self.text] == record)
    }

    @Test func `D4 A held ancestor is not what was last agreed`() {
        var (world, record) = start()
        let held = world.edit(record, at: a, .edit, [Self.text: [1]])
        world.exchangeEverything()
        let mine = world.edit(record, at: a, .edit, [Self.text: [2]])
        let theirs = world.edit(record, at: b, .edit, [Self.text: [3]])
        world.exchangeEverything()
        #expect(picture(world, record).lastAgreed[Self.text] == held)
        world.judge(held, holds: true)

        let judged = picture(world, record)
        #expect(sides(judged) == [mine, theirs])
        #expect(judged.lastAgreed[Self.text] == record)
    }

    @Test func `D5 A form opened before an agreed decision does not undo it`() {
        var (world, record) = start()
        let form = world.form(record, at: b)
        let decision = world.edit(record, at: a, .edit, [Self.text: [9]])
        world.exchangeEverything()
        let stale = world.save(form, at: b, .edit, [Self.text: [1]])
        world.exchangeEverything()

        let shown = picture(world, record)
        #expect(sides(shown) == [decision, stale])
        #expect(shown.lastAgreed[Self.text] == record)
    }

    @Test func `D6 A write without a token has seen nothing and agreed to nothing`() {
        var (world, record) = start()
        let mine = world.edit(record, at: a, .edit, [Self.text: [9]])
        let theirs = world.edit(record, at: b, .edit, [Self.text: [1]])
        let blind = world.importValues(record, at: b, [Self.text: [2]])
        world.exchangeEverything()

        let shown = picture(world, record)
        #expect(sides(shown) == [mine, theirs, blind])
        #expect(shown.lastAgreed[Self.text] == Picture.unset)
        #expect(shown.heads == [mine, theirs, blind])
    }

    @Test func `D7 What an erased value had replaced stays replaced`() {
        var (world, record) = start()
        let erased = world.edit(record, at: a, .edit, [Self.text: [1]])
        let last = world.edit(record, at: a, .edit, [Self.text: [2]])
        let changes = world.changes(of: record, at: a).map { change in
            change.reference != world.changes[erased].reference
                ? change
                : StoryChange(
                    reference: change.reference, kind: change.kind, parents: change.parents,
                    groups: change.groups)
        }
        let state = Sighting(world, record: record, at: a).story(changes).fold(World.rules)
        #expect(
            state.group(Self.text)?.siblings.map(\.reference) == [world.changes[last].reference])
    }

    @Test func `D7 An erased value is no withdrawal`() {
        var (world, record) = start()
        let erased = world.edit(record, at: a, .edit, [Self.life: World.alive])
        world.edit(record, at: b, .edit, [Self.note: [1]])
        world.exchangeEverything()
        #expect(picture(world, record).conflicts == [:])
        let changes = world.changes(of: record, at: a).map { change in
            change.reference != world.changes[erased].reference
                ? change
                : StoryChange(
                    reference: change.reference, kind: change.kind, parents: change.parents,
                    groups: change.groups)
        }
        let state = Sighting(world, record: record, at: a).story(changes).fold(World.rules)
        #expect(state.conflicts == [])
    }

    @Test func `D8 What refers to a missing change waits until that one is there or void`() {
        var (world, record) = start()
        let missing = world.edit(record, at: c, .edit, [Self.text: [1]])
        world.deliver(from: c, to: a)
        let waiting = world.edit(record, at: a, .edit, [Self.text: [2]])
        let unrelated = world.create(at: a, [Self.text: [9]])
        let ownLogs = Set([waiting, unrelated].map { world.changes[$0].reference.log })
        world.deliver(from: a, to: World.hub, logs: ownLogs)

        let before = picture(world, record)
        #expect(sides(before) == [record])
        #expect(before.waiting == [waiting])
        #expect(before.wanted == [missing])
        #expect(picture(world, unrelated).isVisible, "it holds up nothing else")

        var lostForGood = world
        lostForGood.declareLost(missing)
        let void = picture(lostForGood, record)
        #expect(void.waiting == [] && void.wanted == [])
        #expect(sides(void) == [record, waiting], "a lost change counts as empty")

        world.sync(c)
        #expect(sides(picture(world, record)) == [waiting])
        #expect(picture(world, record).waiting == [])
        lostForGood.sync(c)
        #expect(sides(picture(lostForGood, record)) == [waiting], "it turned up after all")
    }

    @Test func `D11 Sides that only a held decision brought together are sides again`() {
        var (world, record) = start()
        let mine = world.edit(record, at: a, .edit, [Self.text: [1]])
        let theirs = world.edit(record, at: b, .edit, [Self.text: [2]])
        world.exchangeEverything()
        let decision = world.edit(record, at: a, .decision, [Self.text: [3]])
        world.exchangeEverything()
        let over = world.edit(record, at: c, .edit, [Self.text: [4]])
        world.exchangeEverything()
        #expect(sides(picture(world, record)) == [over])
        world.judge(decision, holds: true)

        let held = picture(world, record)
        #expect(sides(held) == [mine, theirs, over])
        #expect(held.lastAgreed[Self.text] == Picture.unset)
    }

    @Test func `D12 A later change that arrives first waits for the one it replaced`() {
        var (world, record) = start()
        let first = world.edit(record, at: b, .edit, [Self.text: [1]])
        world.deliver(from: b, to: a)
        let second = world.edit(record, at: a, .edit, [Self.text: [2]])
        world.deliver(from: a, to: c, logs: [world.changes[second].reference.log])
        #expect(sides(picture(world, record, at: c)) == [record])
        #expect(picture(world, record, at: c).waiting == [second])
        world.deliver(from: b, to: c)
        #expect(sides(picture(world, record, at: c)) == [second])
        #expect(first < second)
    }

    @Test func `D13 A record whose creation is held is hidden, with all that follows`() {
        var (world, record) = start([Self.text: [0], Self.note: [1]])
        let edit = world.edit(record, at: a, .edit, [Self.text: [1]])
        world.exchangeEverything()
        world.judge(record, holds: true)
        let held = picture(world, record)
        #expect(!held.isVisible)
        #expect(held.held == [record])
        #expect(sides(held) == [edit])
        #expect(sides(held, Self.note) == [])
        world.judge(record, holds: false)
        #expect(picture(world, record).isVisible)
        #expect(sides(picture(world, record), Self.note) == [record])
    }

    @Test func `D14 Both branches of a cloned node's log are sides`() {
        var (world, record) = start()
        let clone = world.clone(a)
        let mine = world.edit(record, at: a, .edit, [Self.text: [1]])
        let theirs = world.edit(record, at: clone, .edit, [Self.text: [2]])
        let places = [mine, theirs].map { world.changes[$0].reference }
        #expect(places[0].log == places[1].log && places[0].sequence == places[1].sequence)
        world.exchangeEverything()
        #expect(sides(picture(world, record)) == [mine, theirs])
    }
}
