/// A handful of nodes around a hub, each with the changes that have reached it so far.
import SyncCore

struct SplitMix64: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func pick<T>(_ choices: some Collection<T>) -> T? {
        choices.isEmpty
            ? nil : choices[choices.index(choices.startIndex, offsetBy: below(choices.count))]
    }
}

/// What one form displayed, whatever arrives after it was opened.
struct Form: Sendable {
    let record: Int
    var heads: Set<Int> = []
    var everShown: Set<Int> = []
    var siblings: [GroupID: Set<Int>] = [:]
    var disputed: Set<GroupID> = []
    var hasConflict = false
}

struct Node: Sendable {
    var name: String
    var incarnation: UInt64
    var scopes: Set<Scope>
    /// In order of arrival.
    var arrived: [Int] = []
    var stored: Set<Int> = []
    /// The last event of each own log.
    var ends: [LogID: Int] = [:]
    var forms: [Form] = []
}

struct World: Sendable {
    static let text: GroupID = 10
    static let note: GroupID = 11
    static let life = ReservedGroup.life
    static let county = Scope.county(632_521)
    static let hub = 0

    /// By event.
    private(set) var events: [Event] = []
    private(set) var changes: [StoryChange] = []
    private(set) var previous: [Int?] = []
    /// What the store held when the form was saved, where that matters to nobody but a bad merge.
    private(set) var storeAtSave: [Int: Form] = [:]
    private(set) var claimedTimes: [UInt64] = []
    private(set) var ids: [Reference: Int] = [:]
    /// No node has them any more.
    private(set) var lost: Set<Int> = []
    var nodes: [Node]
    var random: SplitMix64

    init(seed: UInt64 = 0, names: [String] = ["hub", "a", "b", "c"], county: Set<String> = []) {
        random = SplitMix64(state: seed)
        nodes = names.map { name in
            let seesCounty = name == "hub" || county.contains(name)
            return Node(
                name: name, incarnation: 0,
                scopes: seesCounty ? [.province, Self.county] : [.province])
        }
    }

    var records: [Int] { events.indices.filter { events[$0].creates != nil } }

    func recordsStored(at node: Int) -> [Int] {
        Set(nodes[node].arrived.map { events[$0].record }).sorted()
    }

    func scope(of event: Int) -> Scope { changes[event].reference.log.scope }

    // MARK: What a node shows

    func oracle(_ record: Int, at node: Int) -> Oracle {
        Oracle(record: record, stored: nodes[node].arrived.map { events[$0] })
    }

    func form(_ record: Int, at node: Int) -> Form {
        let oracle = oracle(record, at: node)
        var form = Form(record: record, heads: oracle.heads)
        for head in form.heads {
            form.everShown.insert(head)
            form.everShown.formUnion(events[head].everShown)
        }
        for group in oracle.groups {
            form.siblings[group] = oracle.siblings(group)
            if oracle.isDisputed(group) { form.disputed.insert(group) }
        }
        form.hasConflict =
            !form.disputed.isEmpty || oracle.lifeDispute != nil || !oracle.parallelEdits.isEmpty
        return form
    }

    static func isConsequential(_ type: String) -> Bool { type == "credit" }

    static func rules(_ type: String) -> MergeRules {
        MergeRules(isConsequential: isConsequential(type))
    }

    /// The record's changes as a node stores them, in order of arrival.
    func changes(of record: Int, at node: Int) -> [StoryChange] {
        nodes[node].arrived.filter { events[$0].record == record }.map { changes[$0] }
    }

    // MARK: What a node does

    private mutating func append(_ event: Event, at node: Int, in scope: Scope) {
        let id = event.id
        precondition(id == events.count)
        let log = LogID(
            node: NodeID(nodes[node].name)!, incarnation: nodes[node].incarnation, scope: scope,
            lane: event.kind.isEdit ? .records : .control)
        let end = nodes[node].ends[log]
        let reference = Reference(
            log: log, sequence: (end.map { changes[$0].reference.sequence } ?? 0) + 1,
            prefix: random.next())
        nodes[node].ends[log] = id
        previous.append(end)
        claimedTimes.append(random.next())
        ids[reference] = id
        events.append(event)
        nodes[node].arrived.append(id)
        nodes[node].stored.insert(id)
        func references(_ events: Set<Int>) -> [Reference] {
            events.map { $0 == id ? reference : changes[$0].reference }
        }
        changes.append(
            StoryChange(
                reference: reference, kind: event.kind, parents: references(event.heads),
                groups: event.writes.keys.map {
                    GroupEdit(group: $0, replaces: references(event.shown[$0] ?? []))
                },
                values: event.writes.map { GroupValue(group: $0.key, bytes: $0.value) },
                target: event.target.map { changes[$0].reference }, holds: event.holds,
                isAuthoritative: event.isAuthoritative, creates: event.creates))
    }

    @discardableResult
    mutating func create(
        at node: Int, type: String = "supplier", in scope: Scope = .province,
        _ values: [GroupID: [UInt8]]
    ) -> Int {
        let id = events.count
        let event = Event(id: id, record: id, kind: .edit, creates: type, writes: values)
        append(event, at: node, in: scope)
        return id
    }

    /// Saves a form: as an ordinary edit, a decision, or a join.
    @discardableResult
    mutating func save(
        _ form: Form, at node: Int, _ kind: ChangeKind, _ values: [GroupID: [UInt8]]
    ) -> Int {
        let id = events.count
        storeAtSave[id] = self.form(form.record, at: node)
        append(
            Event(
                id: id, record: form.record, kind: kind, writes: values,
                shown: Dictionary(
                    uniqueKeysWithValues: values.keys.map { ($0, form.siblings[$0] ?? []) }),
                heads: form.heads, everShown: form.everShown),
            at: node, in: scope(of: form.record))
        return id
    }

    /// Opens a form and saves it at once.
    @discardableResult
    mutating func edit(
        _ record: Int, at node: Int, _ kind: ChangeKind, _ values: [GroupID: [UInt8]]
    ) -> Int {
        save(form(record, at: node), at: node, kind, values)
    }

    /// A write that brings no token: it has seen nothing and replaces nothing.
    @discardableResult
    mutating func importValues(_ record: Int, at node: Int, _ values: [GroupID: [UInt8]]) -> Int {
        save(Form(record: record), at: node, .edit, values)
    }

    /// A verdict replaces those that its author had stored.
    @discardableResult
    mutating func judge(
        _ target: Int, holds: Bool, at node: Int = World.hub, isAuthoritative: Bool = true
    ) -> Int {
        let id = events.count
        let before = nodes[node].arrived.filter {
            events[$0].kind == .verdict && events[$0].target == target
        }
        append(
            Event(
                id: id, record: events[target].record, kind: .verdict,
                writes: [ReservedGroup.verdict: [holds ? 1 : 0]],
                shown: [ReservedGroup.verdict: Set(before)], target: target, holds: holds,
                isAuthoritative: isAuthoritative),
            at: node, in: scope(of: target))
        return id
    }

    @discardableResult
    mutating func declareLost(_ target: Int, at node: Int = 0, isAuthoritative: Bool = true) -> Int
    {
        let id = events.count
        append(
            Event(
                id: id, record: events[target].record, kind: .void, target: target,
                isAuthoritative: isAuthoritative),
            at: node, in: scope(of: target))
        return id
    }

    // MARK: What happens to nodes

    /// Ships what the receiver lacks, log by log from its beginning, up to a limit.
    mutating func deliver(from: Int, to: Int, logs: Set<LogID>? = nil, limit: Int = .max) {
        var left = limit
        for id in nodes[from].arrived where left > 0 && !nodes[to].stored.contains(id) {
            let log = changes[id].reference.log
            guard nodes[to].scopes.contains(log.scope), logs?.contains(log) ?? true else {
                continue
            }
            if let before = previous[id], !nodes[to].stored.contains(before), !lost.contains(before)
            {
                continue
            }
            nodes[to].arrived.append(id)
            nodes[to].stored.insert(id)
            left -= 1
        }
    }

    /// One contact with the hub. The answer may be lost on its way.
    mutating func sync(_ node: Int, answerArrives: Bool = true) {
        deliver(from: node, to: Self.hub)
        if answerArrives { deliver(from: Self.hub, to: node) }
    }

    /// Until every node has all that any of its scopes' nodes has.
    mutating func exchangeEverything() {
        for _ in 0..<2 { for node in nodes.indices.dropFirst() { sync(node) } }
    }

    /// A copied virtual machine: both go on writing the same logs.
    @discardableResult
    mutating func clone(_ node: Int) -> Int {
        nodes.append(nodes[node])
        return nodes.count - 1
    }

    /// A restored backup goes on in fresh logs.
    mutating func restore(_ node: Int, forgetting count: Int) {
        nodes[node].arrived.removeLast(min(count, nodes[node].arrived.count))
        nodes[node].stored = Set(nodes[node].arrived)
        nodes[node].incarnation = random.next()
        nodes[node].ends = [:]
    }

    /// A disk burns before anybody else has a copy.
    mutating func lose(_ event: Int) {
        lost.insert(event)
        for node in nodes.indices {
            nodes[node].arrived.removeAll { $0 == event }
            nodes[node].stored.remove(event)
        }
    }
}
