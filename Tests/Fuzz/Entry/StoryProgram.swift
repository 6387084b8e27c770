import SyncCore

/// The history of one record, written by bytes: who changed what, having seen what, and which
/// changes never arrived. Anything that a consistent header can say, people or not.
struct StoryProgram {
    /// The oracle is slow on longer ones, and nothing new happens in them.
    private static let changeMax = 9
    private static let groups: [GroupID] = [ReservedGroup.life, 10, 11]

    private(set) var events: [Event] = []
    private(set) var changes: [StoryChange] = []
    private(set) var isStored: [Bool] = []
    private(set) var ids: [Reference: Int] = [:]
    private(set) var choices: Choices

    init(_ bytes: [UInt8]) {
        choices = Choices(bytes)
        create()
        while events.count < Self.changeMax, !choices.isEmpty { change() }
    }

    var record: Reference { changes[0].reference }
    var storedEvents: [Event] { events.filter { isStored[$0.id] } }
    var storedChanges: [StoryChange] { events.indices.filter { isStored[$0] }.map { changes[$0] } }

    static func log(node: Int, lane: Lane) -> LogID {
        guard let name = NodeID(["630000-hub", "632521-01", "632522-01"][node % 3]) else {
            preconditionFailure("a constant node name is valid")
        }
        return LogID(node: name, incarnation: 5, scope: .province, lane: lane)
    }

    // MARK: Changes

    private mutating func create() {
        var event = Event(id: 0, record: 0, kind: .edit)
        event.creates = choices.below(2) == 0 ? "credit" : "supplier"
        event.writes = writes()
        append(event, holds: false)
    }

    private mutating func change() {
        let kind: ChangeKind =
            switch choices.below(16) {
            case 0...7: .edit
            case 8...10: .decision
            case 11: .join
            case 12...14: .verdict
            default: .void
            }
        var event = Event(id: events.count, record: 0, kind: kind)
        var holds = false
        switch kind {
        case .edit, .decision:
            event.heads = earlier()
            event.writes = writes()
            for group in event.writes.keys.sorted() { event.shown[group] = earlier() }
        case .join:
            event.heads = earlier()
            if event.heads.isEmpty { event.heads = [events.count - 1] }
        case .verdict:
            holds = choices.below(2) == 0
            event.target = choices.below(events.count)
            event.writes = [ReservedGroup.verdict: [holds ? 1 : 0]]
            event.shown = [ReservedGroup.verdict: earlier()]
        case .void, .erasure: event.target = choices.below(events.count)
        }
        event.holds = holds
        for head in event.heads { event.everShown.formUnion(events[head].everShown.union([head])) }
        append(event, holds: holds)
    }

    /// Any of the last eight.
    private mutating func earlier() -> Set<Int> {
        let mask = choices.byte()
        return Set((0..<8).filter { mask >> $0 & 1 == 1 }.map { events.count - 1 - $0 })
            .filter { $0 >= 0 }
    }

    private mutating func writes() -> [GroupID: [UInt8]] {
        let mask = choices.byte()
        var writes: [GroupID: [UInt8]] = [:]
        for (index, group) in Self.groups.enumerated() where mask >> index & 1 == 1 {
            // `{1: 0}` and `{1: 1}`: alive and withdrawn in one group, texts in the others.
            writes[group] = [0xA1, 0x01, mask >> (index + 3) & 1]
        }
        return writes.isEmpty ? [10: [0xA1, 0x01, mask >> 6]] : writes
    }

    private mutating func append(_ event: Event, holds: Bool) {
        let fate = choices.byte()
        let log = Self.log(node: Int(fate & 3), lane: fate & 4 == 0 ? .records : .control)
        // Several changes at one place of a log: a fork. The prefix tells them apart.
        let sequence = UInt64(fate >> 5) + 1
        let reference = Reference(
            log: log, sequence: sequence, prefix: UInt64(fate & 8) << 40 | UInt64(event.id))
        var event = event
        event.isAuthoritative = log.node == Self.log(node: 0, lane: .records).node
        func references(_ ids: Set<Int>) -> [Reference] { ids.map { changes[$0].reference } }
        changes.append(
            StoryChange(
                reference: reference, kind: event.kind, parents: references(event.heads),
                groups: event.writes.keys.map {
                    GroupEdit(group: $0, replaces: references(event.shown[$0] ?? []))
                },
                values: event.writes.map { GroupValue(group: $0.key, bytes: $0.value) },
                target: event.target.map { changes[$0].reference }, holds: holds,
                isAuthoritative: event.isAuthoritative, creates: event.creates))
        ids[reference] = event.id
        events.append(event)
        isStored.append(fate & 16 == 0)
    }
}
