import SyncCore
import WireFormat

/// The fold over any history: what an oracle says that knows only who had seen what, the same in
/// every order of arrival, and the same again after it was kept.
enum FoldTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        let program = StoryProgram(bytes)
        guard program.isStored.contains(true) else { return }
        let story = Story(record: program.record, changes: program.storedChanges)
        let state = story.fold(rules)
        try orders(program, story, state)
        try oracle(program, state)
        try kept(state)
    }

    private static func rules(_ type: String) -> MergeRules {
        MergeRules(isConsequential: type == "credit")
    }

    /// Backwards, and shuffled with some changes given twice.
    private static func orders(
        _ program: StoryProgram, _ story: Story, _ state: RecordState
    ) throws(Violation) {
        var choices = program.choices
        var shuffled = program.storedChanges
        for index in shuffled.indices { shuffled.swapAt(index, choices.below(shuffled.count)) }
        shuffled += shuffled.prefix(choices.below(shuffled.count))
        for order in [program.storedChanges.reversed(), shuffled] {
            let other = Story(record: program.record, changes: order)
            try require(other.fold(rules) == state, "the order of arrival changes nothing")
            try require(other.acceptedEdits == story.acceptedEdits, "nor which edits count")
            // One of each kind of question is enough for one execution.
            for conflict in state.conflicts.suffix(1) {
                try require(
                    other.heads(shownFor: conflict.slot, in: state)
                        == story.heads(shownFor: conflict.slot, in: state),
                    "nor what a decision names")
                try require(
                    other.undecided(among: conflict.sides)
                        == story.undecided(among: conflict.sides), "nor what is undecided")
            }
        }
        for change in program.storedChanges.suffix(1) {
            let seen = story.seen(by: change.reference)
            try require(
                seen.changes.contains { $0.reference == change.reference },
                "an author knows their own change")
        }
    }

    private static func oracle(_ program: StoryProgram, _ state: RecordState) throws(Violation) {
        let expected = Oracle(record: 0, stored: program.storedEvents)
            .picture(isConsequential: { $0 == "credit" })
        let seen = Picture(of: state, ids: program.ids)
        try require(seen.type == expected.type, "type")
        try require(seen.isVisible == expected.isVisible, "visibility")
        try require(seen.siblings == expected.siblings, "values")
        try require(seen.lastAgreed == expected.lastAgreed, "last agreed values")
        try require(seen.heads == expected.heads, "heads")
        try require(seen.standing == expected.standing, "verdicts")
        try require(seen.held == expected.held, "held changes")
        try require(seen.waiting == expected.waiting, "waiting changes")
        try require(seen.wanted == expected.wanted, "wanted changes")
        try require(seen.conflicts == expected.conflicts, "conflicts")
    }

    private static func kept(_ state: RecordState) throws(Violation) {
        let encoded = StateCodec.encode(state)
        guard let again = try? StateCodec.decode(encoded) else {
            throw Violation("a state can be kept")
        }
        try require(again == state, "a state is read as it was kept")
        try require(
            StateCodec.canonical(again) == StateCodec.canonical(state), "in the canonical form too")
    }
}

extension Picture {
    /// What a fold shows, in the oracle's words.
    init(of state: RecordState, ids: [Reference: Int]) {
        func id(_ reference: Reference) -> Int { ids[reference] ?? -2 }
        func all(_ references: [Reference]) -> Set<Int> { Set(references.map(id)) }
        self.init()
        type = state.type
        isVisible = state.isVisible
        for group in state.groups {
            for sibling in group.siblings {
                siblings[group.group, default: [:]][id(sibling.reference)] = sibling.value
            }
            lastAgreed[group.group] = group.lastAgreed.map {
                if case .value(let reference) = $0 { id(reference) } else { Picture.unset }
            }
        }
        heads = all(state.heads)
        for verdict in state.verdicts { standing[id(verdict.target)] = all(verdict.verdicts) }
        held = all(state.held)
        waiting = all(state.waiting)
        wanted = all(state.wanted)
        for conflict in state.conflicts {
            conflicts[conflict.slot] = Dispute(kind: conflict.kind, sides: all(conflict.sides))
        }
    }
}
