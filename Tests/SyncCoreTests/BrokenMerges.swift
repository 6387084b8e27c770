/// Merges as one might well have written them, each wrong in one place.
import SyncCore
import Testing

struct BrokenMerge: Sendable, CustomTestStringConvertible {
    let name: String
    /// Where the fault must show: not merely in the part that was tampered with.
    let showsIn: Set<Aspect>
    let merge: @Sendable (Sighting) -> RecordState

    var testDescription: String { name }

    init(
        _ name: String, in showsIn: Set<Aspect>,
        _ merge: @escaping @Sendable (Sighting) -> RecordState
    ) {
        self.name = name
        self.showsIn = showsIn
        self.merge = merge
    }

    /// The product's merge over changes that were tampered with.
    init(
        _ name: String, in showsIn: Set<Aspect>,
        changes: @escaping @Sendable (Sighting, [StoryChange]) -> [StoryChange]
    ) {
        self.init(name, in: showsIn) { $0.story(changes($0, $0.arrived)).fold(World.rules) }
    }

    /// What the product's merge says, tampered with.
    init(
        _ name: String, in showsIn: Set<Aspect>,
        state: @escaping @Sendable (Sighting, inout Draft) -> Void
    ) {
        self.init(name, in: showsIn) { sighting in
            var draft = Draft(sighting.honest)
            state(sighting, &draft)
            return draft.state
        }
    }
}

/// A state that can be changed.
struct Draft {
    private let honest: RecordState
    var isVisible: Bool
    var groups: [GroupState]
    var heads: [Reference]
    var conflicts: [OpenConflict]

    init(_ state: RecordState) {
        honest = state
        isVisible = state.isVisible
        groups = state.groups
        heads = state.heads
        conflicts = state.conflicts
    }

    var held: Set<Reference> { Set(honest.held) }
    var waiting: Set<Reference> { Set(honest.waiting) }

    var state: RecordState {
        RecordState(
            record: honest.record, type: honest.type, isVisible: isVisible, groups: groups,
            heads: heads.sorted(), verdicts: honest.verdicts, waiting: honest.waiting,
            wanted: honest.wanted, conflicts: conflicts)
    }
}

extension Sighting {
    func each(
        _ changes: [StoryChange], kind: (StoryChange) -> ChangeKind = { $0.kind },
        parents: (StoryChange) -> [Reference] = { $0.parents },
        groups: (StoryChange) -> [GroupEdit] = { $0.groups },
        holds: (StoryChange) -> Bool = { $0.holds },
        isAuthoritative: (StoryChange) -> Bool = { $0.isAuthoritative }
    ) -> [StoryChange] {
        changes.map { change in
            StoryChange(
                reference: change.reference, kind: kind(change), parents: parents(change),
                groups: groups(change), values: change.values, target: change.target,
                holds: holds(change), isAuthoritative: isAuthoritative(change),
                creates: change.creates)
        }
    }

    func accepted(_ draft: Draft) -> [StoryChange] {
        arrived.filter {
            $0.kind.isEdit && !draft.held.contains($0.reference)
                && !draft.waiting.contains($0.reference)
        }
    }

    /// Siblings by another rule: what an accepted change hides, given all that it replaces.
    func siblings(
        _ draft: Draft, hides: (_ change: StoryChange, _ group: GroupID) -> Set<Reference>
    ) -> [GroupState] {
        draft.groups.map { state in
            let writers = accepted(draft).filter { change in
                change.groups.contains { $0.group == state.group }
            }
            let hidden = writers.reduce(into: Set<Reference>()) {
                $0.formUnion(hides($1, state.group))
            }
            let left = writers.filter { !hidden.contains($0.reference) }
                .map { Sibling(reference: $0.reference, value: $0.value(of: state.group)) }
                .sorted { $0.reference < $1.reference }
            let isDisputed = Set(left.map(\.value)).count > 1
            return GroupState(
                group: state.group, siblings: left,
                lastAgreed: isDisputed ? state.lastAgreed ?? .unset : nil)
        }
    }

    func replaced(_ change: StoryChange, _ group: GroupID) -> [Reference] {
        change.groups.first { $0.group == group }?.replaces ?? []
    }

    /// Directly and through a chain that only held decisions may stop.
    func allReplaced(
        _ change: StoryChange, _ group: GroupID, stoppingAt held: Set<Reference> = []
    ) -> Set<Reference> {
        var all: Set<Reference> = []
        var next = replaced(change, group)
        while let reference = next.popLast() {
            guard all.insert(reference).inserted,
                let before = arrived.first(where: { $0.reference == reference })
            else { continue }
            let further = replaced(before, group)
            if further.count < 2 || !held.contains(reference) { next += further }
        }
        return all
    }

    func claimedTime(_ reference: Reference) -> UInt64 { world.claimedTimes[id(reference)] }

    func arrival(_ reference: Reference) -> Int {
        arrived.firstIndex { $0.reference == reference } ?? -1
    }

    /// One value a group, chosen by some order.
    func keepOne(_ draft: inout Draft, by order: (Reference) -> UInt64) {
        draft.groups = draft.groups.map { state in
            let last = state.siblings.max { order($0.reference) < order($1.reference) }
            return GroupState(group: state.group, siblings: last.map { [$0] } ?? [])
        }
        draft.conflicts.removeAll { conflict in
            if case .group = conflict.slot { true } else { false }
        }
    }
}
