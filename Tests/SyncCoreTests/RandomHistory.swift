/// Random histories: people, stale forms, lost answers, copied machines, burnt disks, holds.
import SyncCore

extension World {
    static let alive = LifeValue.alive
    static let withdrawn = LifeValue.withdrawn

    /// A world in which so many things have happened.
    static func random(seed: UInt64, steps: Int, _ onStep: (inout World) -> Void = { _ in })
        -> World
    {
        var world = World(seed: seed, county: ["a", "c"])
        world.create(at: 1, type: "credit", [text: [0], life: alive])
        world.create(at: 1, type: "supplier", in: county, [text: [0], note: [0]])
        world.exchangeEverything()
        for _ in 0..<steps {
            world.step()
            onStep(&world)
        }
        return world
    }

    private mutating func step() {
        let node = random.below(nodes.count)
        switch random.below(100) {
        case 0..<19: someoneEdits(at: node)
        case 19..<31: someoneDecides(at: node)
        case 31..<36: someoneJoins(at: node)
        case 36..<40: if let record = randomRecord(at: node) { openForm(record, at: node) }
        case 40..<47: someoneSavesOldForm(at: node)
        case 47..<50: someoneImports(at: node)
        case 50..<62: hubJudges()
        case 62..<66: hubDeclaresLost()
        case 66..<67: impostorJudges(at: node)
        case 67..<68:
            create(
                at: node, type: random.chance(50) ? "credit" : "supplier", randomValues())
        case 68..<70: if nodes.count < 6 { clone(node) }
        case 70..<72: restore(node, forgetting: 1 + random.below(8))
        case 72..<74: hubGoesBack()
        case 74..<76: diskBurns()
        case 76..<86: contact(node)
        default: bundle(to: node)
        }
    }

    private mutating func randomRecord(at node: Int) -> Int? {
        random.pick(
            nodes[node].arrived.map { events[$0].record }
                .filter { nodes[node].scopes.contains(scope(of: $0)) })
    }

    private mutating func randomValues() -> [GroupID: [UInt8]] {
        var values: [GroupID: [UInt8]] = [:]
        if random.chance(60) { values[Self.text] = [UInt8(random.below(5))] }
        if random.chance(35) { values[Self.note] = [UInt8(random.below(3))] }
        if random.chance(15) { values[Self.life] = random.chance(75) ? Self.withdrawn : Self.alive }
        return values.isEmpty ? [Self.text: [UInt8(random.below(5))]] : values
    }

    private mutating func someoneEdits(at node: Int) {
        guard let record = randomRecord(at: node) else { return }
        edit(record, at: node, .edit, randomValues())
    }

    /// Where one decides, others may be deciding, too.
    private mutating func someoneDecides(at node: Int) {
        guard let record = randomRecord(at: node) else { return }
        for other in nodes.indices where other == node || random.chance(30) {
            if recordsStored(at: other).contains(record) { decide(record, at: other) }
        }
    }

    private mutating func decide(_ record: Int, at node: Int) {
        let form = form(record, at: node)
        guard form.hasConflict else { return }
        var values: [GroupID: [UInt8]] = [:]
        for group in form.disputed.sorted() where random.chance(85) {
            let kept = random.pick(form.siblings[group, default: []].sorted())
            values[group] = kept.flatMap { events[$0].writes[group] }
        }
        if form.disputed.isEmpty, random.chance(50) { values = randomValues() }
        save(form, at: node, .decision, values)
    }

    private mutating func someoneJoins(at node: Int) {
        guard let record = randomRecord(at: node) else { return }
        let form = form(record, at: node)
        if form.heads.count > 1 { save(form, at: node, .join, [:]) }
    }

    private mutating func openForm(_ record: Int, at node: Int) {
        nodes[node].forms.append(form(record, at: node))
    }

    private mutating func someoneSavesOldForm(at node: Int) {
        guard let form = nodes[node].forms.popLast() else { return }
        save(
            form, at: node, form.hasConflict && random.chance(50) ? .decision : .edit,
            randomValues())
    }

    private mutating func someoneImports(at node: Int) {
        guard let record = randomRecord(at: node) else { return }
        importValues(record, at: node, randomValues())
    }

    /// Often on a decision, on what is replaced already, or on what has been judged before.
    private mutating func hubJudges() {
        let stored = nodes[Self.hub].arrived
        let targets =
            switch random.below(4) {
            case 0: stored.filter { events[$0].kind == .decision }
            case 1:
                stored.filter { id in events.contains { $0.kind == .verdict && $0.target == id } }
            case 2: stored.suffix(6).filter { events[$0].kind.isEdit }
            default: stored.filter { events[$0].kind.isEdit || random.chance(3) }
            }
        if let target = random.pick(targets) { judge(target, holds: random.chance(65)) }
    }

    private mutating func hubDeclaresLost() {
        let stored = nodes[Self.hub].stored
        let missing = events.reduce(into: Set<Int>()) { $0.formUnion($1.needs) }
        guard let target = random.pick(missing.subtracting(stored).sorted()) else { return }
        declareLost(target, isAuthoritative: random.chance(85))
    }

    private mutating func impostorJudges(at node: Int) {
        guard let target = random.pick(nodes[node].arrived) else { return }
        judge(target, holds: true, at: node, isAuthoritative: false)
    }

    /// A hub that does not know its latest verdicts gives others.
    private mutating func hubGoesBack() {
        let before = nodes[Self.hub].stored
        restore(Self.hub, forgetting: 1 + random.below(12))
        let forgotten = before.subtracting(nodes[Self.hub].stored).sorted()
            .filter { events[$0].kind == .verdict }.compactMap { events[$0].target }
        for target in forgotten where nodes[Self.hub].stored.contains(target) {
            judge(target, holds: random.chance(50))
        }
    }

    /// What few nodes have is gone; what others wrote about it may not be.
    private mutating func diskBurns() {
        let candidates = events.indices.filter { id in
            events[id].creates == nil && events[id].kind.isEdit
                && (1...2).contains(nodes.count { $0.stored.contains(id) })
        }
        let quoted = candidates.filter { id in events.contains { $0.needs.contains(id) } }
        if let event = random.pick(quoted.isEmpty ? candidates : quoted) { lose(event) }
    }

    private mutating func contact(_ node: Int) {
        sync(node, answerArrives: random.chance(70))
        if random.chance(20) { sync(node) }
    }

    /// A part of what some node has, on a stick: logs arrive out of step with each other.
    private mutating func bundle(to: Int) {
        let from = random.below(nodes.count)
        let logs = Set(nodes[from].arrived.map { changes[$0].reference.log })
        let some = logs.sorted().filter { _ in random.chance(60) }
        deliver(from: from, to: to, logs: Set(some), limit: 1 + random.below(6))
    }
}
