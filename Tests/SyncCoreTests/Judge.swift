/// Compares what a merge says with what the oracle expects, aspect by aspect.
import SyncCore

enum Aspect: Hashable, Sendable, CaseIterable {
    case creation, values, lastAgreed, heads, verdicts, waiting, conflicts
    /// The canonical form: ascending, each thing once.
    case order
    /// Invariants 2 to 5, asked of the picture itself.
    case lostWrite, silentOverwrite, falseConflict, forgottenDecision
}

/// All that a merge may look at; an honest one looks at the story only.
struct Sighting: Sendable {
    let world: World
    let record: Int
    let node: Int
    /// In order of arrival.
    let arrived: [StoryChange]

    init(_ world: World, record: Int, at node: Int) {
        self.world = world
        self.record = record
        self.node = node
        arrived = world.changes(of: record, at: node)
    }

    func story(_ changes: [StoryChange]) -> Story {
        Story(record: world.changes[record].reference, changes: changes)
    }

    var honest: RecordState { story(arrived).fold(World.rules) }
    var expected: Picture {
        world.oracle(record, at: node).picture(isConsequential: World.isConsequential)
    }

    func id(_ reference: Reference) -> Int { world.ids[reference] ?? -2 }
    func ids(_ references: [Reference]) -> Set<Int> { Set(references.map(id)) }

    // MARK: The verdict on a merge

    func faults(of state: RecordState) -> Set<Aspect> {
        let picture = picture(of: state)
        let oracle = world.oracle(record, at: node)
        let expected = oracle.picture(isConsequential: World.isConsequential)
        var faults = brokenInvariants(picture, oracle)
        if picture != expected {
            func require(_ aspect: Aspect, _ holds: Bool) { if !holds { faults.insert(aspect) } }
            require(.creation, picture.type == expected.type)
            require(.creation, picture.isVisible == expected.isVisible)
            require(.values, picture.siblings == expected.siblings)
            require(.lastAgreed, picture.lastAgreed == expected.lastAgreed)
            require(.heads, picture.heads == expected.heads)
            require(.verdicts, picture.standing == expected.standing)
            require(.verdicts, picture.held == expected.held)
            require(.waiting, picture.waiting == expected.waiting)
            require(.waiting, picture.wanted == expected.wanted)
            require(.conflicts, picture.conflicts == expected.conflicts)
        }
        if !isCanonical(state) { faults.insert(.order) }
        return faults
    }

    func picture(of state: RecordState) -> Picture {
        var picture = Picture()
        picture.type = state.type
        picture.isVisible = state.isVisible
        for group in state.groups {
            for sibling in group.siblings {
                picture.siblings[group.group, default: [:]][id(sibling.reference)] = sibling.value
            }
            picture.lastAgreed[group.group] = group.lastAgreed.map {
                if case .value(let reference) = $0 { id(reference) } else { Picture.unset }
            }
        }
        picture.heads = ids(state.heads)
        for standing in state.verdicts {
            picture.standing[id(standing.target)] = ids(standing.verdicts)
        }
        picture.held = ids(state.held)
        picture.waiting = ids(state.waiting)
        picture.wanted = ids(state.wanted)
        for conflict in state.conflicts {
            picture.conflicts[conflict.slot] = Picture.Dispute(
                kind: conflict.kind, sides: ids(conflict.sides))
        }
        return picture
    }

    /// The invariants in their own words. What the oracle lends is only who had seen what.
    private func brokenInvariants(_ picture: Picture, _ oracle: Oracle) -> Set<Aspect> {
        var faults: Set<Aspect> = []
        for group in oracle.groups {
            let writers = oracle.writers(of: group)
            let siblings = Set(picture.siblings[group, default: [:]].keys)
            let seen = Dictionary(
                uniqueKeysWithValues: writers.map { ($0, oracle.saw($0, group)) })
            func saw(_ a: Int, _ b: Int) -> Bool { seen[a]?.contains(b) ?? false }

            for writer in writers where !siblings.contains(writer) {
                if !writers.contains(where: { saw($0, writer) }) { faults.insert(.lostWrite) }
            }
            let slot: ConflictSlot = group == World.life ? .life : .group(group)
            let sides = picture.conflicts[slot]?.sides ?? []
            for (a, b) in pairs(siblings) where saw(a, b) || saw(b, a) {
                faults.insert(.falseConflict)
            }
            for (a, b) in pairs(writers)
            where oracle.value(a, group) != oracle.value(b, group) && !saw(a, b) && !saw(b, a) {
                let isOpen = sides.isSuperset(of: [a, b])
                let isOvertaken = writers.contains { saw($0, a) || saw($0, b) }
                if !isOpen && !isOvertaken { faults.insert(.silentOverwrite) }
            }
            if group != World.life, let sides = picture.conflicts[slot]?.sides {
                let values = Set(sides.map { oracle.value($0, group) })
                if values.count < 2 { faults.insert(.falseConflict) }
            }
            for decision in writers where world.events[decision].kind == .decision {
                if !siblings.isDisjoint(with: world.events[decision].shown[group] ?? []) {
                    faults.insert(.forgottenDecision)
                }
            }
        }
        return faults
    }

    private func pairs(_ ids: Set<Int>) -> [(Int, Int)] {
        ids.flatMap { a in ids.compactMap { a < $0 ? (a, $0) : nil } }
    }

    private func isCanonical(_ state: RecordState) -> Bool {
        func ascends<T: Comparable>(_ items: [T]) -> Bool {
            zip(items, items.dropFirst()).allSatisfy { $0 < $1 }
        }
        return ascends(state.groups.map(\.group)) && ascends(state.heads)
            && state.groups.allSatisfy { ascends($0.siblings.map(\.reference)) }
            && ascends(state.verdicts.map(\.target))
            && state.verdicts.allSatisfy { ascends($0.verdicts) } && ascends(state.waiting)
            && ascends(state.wanted) && ascends(state.conflicts.map(\.slot))
            && state.conflicts.allSatisfy { ascends($0.sides) }
    }
}
