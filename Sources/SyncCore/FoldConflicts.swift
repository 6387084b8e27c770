import BitCollections

extension StoryGraph {
    /// Every disagreement on the record that the changes themselves show; broken rules and
    /// duplicates need the record type, and are added by whoever knows it.
    func conflicts(groups: [GroupState], rules: MergeRules) -> [OpenConflict] {
        var conflicts: [OpenConflict] = []
        for group in groups where group.isDisputed && group.group != ReservedGroup.life {
            conflicts.append(
                OpenConflict(
                    slot: .group(group.group), kind: kind(of: group),
                    sides: group.siblings.map(\.reference)))
        }
        let life = groups.first { $0.group == ReservedGroup.life }
        // An erased value says nothing: it is not a withdrawal.
        let withdrawals = Set(
            (life?.siblings ?? []).lazy.filter { !$0.value.isEmpty && $0.value != LifeValue.alive }
                .compactMap { index(of: $0.reference) })
        if let conflict = lifeConflict(life, withdrawals: withdrawals) {
            conflicts.append(conflict)
        }
        if rules.isConsequential, let conflict = parallelEdit(withdrawals: withdrawals) {
            conflicts.append(conflict)
        }
        return conflicts.sorted { $0.slot < $1.slot }
    }

    /// Visits every two accepted changes, neither of which reaches the other, unless an accepted
    /// change of the kinds given reaches both. Visited, not listed: there may be millions.
    func forEachConcurrentPair(
        notClosedBy kinds: Set<ChangeKind>, _ visit: (_ a: Int, _ b: Int) -> Void
    ) {
        let accepted = Array(accepted)
        let closing = accepted.filter { kinds.contains(story.changes[$0].kind) }
        for (offset, a) in accepted.enumerated() {
            for b in accepted[(offset + 1)...] where !reach[a].contains(b) && !reach[b].contains(a)
            {
                if closing.contains(where: { reach[$0].contains(a) && reach[$0].contains(b) }) {
                    continue
                }
                visit(a, b)
            }
        }
    }

    private func kind(of group: GroupState) -> ConflictClass {
        let decided = Set(
            group.siblings.filter { sibling in
                index(of: sibling.reference).map { story.changes[$0].kind == .decision } ?? false
            }.map(\.value))
        return decided.count > 1 ? .decisionVsDecision : .sameField
    }

    /// A withdrawal concurrent with a change of anything else, until a decision saw both.
    private func lifeConflict(_ life: GroupState?, withdrawals: Set<Int>) -> OpenConflict? {
        guard let life else { return nil }
        var sides = life.isDisputed ? Set(life.siblings.map(\.reference)) : []
        if !withdrawals.isEmpty {
            forEachConcurrentPair(notClosedBy: [.decision]) { a, b in
                for (withdrawal, other) in [(a, b), (b, a)]
                where withdrawals.contains(withdrawal)
                    && story.changes[other].groups.contains(where: {
                        $0.group != ReservedGroup.life
                    })
                {
                    sides.formUnion([
                        story.changes[withdrawal].reference, story.changes[other].reference,
                    ])
                }
            }
        }
        guard !sides.isEmpty else { return nil }
        return OpenConflict(
            slot: .life, kind: life.isDisputed ? kind(of: life) : .withdrawVsEdit,
            sides: Array(sides))
    }

    /// Concurrent changes that each wrote something the other did not, merged at once and listed.
    /// Groups that both wrote alike are no disagreement and do not hide the rest; groups that
    /// both wrote differently are listed as the conflict that they are.
    private func parallelEdit(withdrawals: Set<Int>) -> OpenConflict? {
        var sides: Set<Reference> = []
        forEachConcurrentPair(notClosedBy: [.decision, .join]) { first, second in
            if withdrawals.contains(first) || withdrawals.contains(second) { return }
            let a = story.changes[first]
            let b = story.changes[second]
            let common = Set(a.values).intersection(b.values).map(\.group)
            let onlyA = Set(a.groups.map(\.group)).subtracting(common)
            let onlyB = Set(b.groups.map(\.group)).subtracting(common)
            if !onlyA.isEmpty, !onlyB.isEmpty, onlyA.isDisjoint(with: onlyB) {
                sides.formUnion([a.reference, b.reference])
            }
        }
        guard !sides.isEmpty else { return nil }
        return OpenConflict(slot: .parallel, kind: .parallelEdit, sides: Array(sides))
    }
}

extension Story {
    /// Among these changes, those with a concurrent partner that no accepted decision reaches too.
    public func undecided(among references: [Reference]) -> [Reference] {
        let graph = StoryGraph(self)
        let candidates = Set(references.compactMap(graph.index))
        var found: Set<Int> = []
        graph.forEachConcurrentPair(notClosedBy: [.decision]) { a, b in
            if candidates.contains(a), candidates.contains(b) { found.formUnion([a, b]) }
        }
        return found.sorted().map { changes[$0].reference }
    }

    /// The accepted changes that take part in values: the possible sides of a broken rule.
    public var acceptedEdits: [Reference] {
        StoryGraph(self).accepted.map { changes[$0].reference }
    }

    /// What a decision on one slot names as seen: the sides that its page shows, and every head
    /// that brings no side of another open conflict. A decision that reached those would close
    /// them unseen.
    public func heads(shownFor slot: ConflictSlot, in state: RecordState) -> [Reference] {
        let graph = StoryGraph(self)
        var sides = Set(state.conflicts.first { $0.slot == slot }?.sides ?? [])
        if case .group(let group) = slot {
            sides.formUnion(state.group(group)?.siblings.map(\.reference) ?? [])
        }
        let others = state.conflicts.filter { conflict in
            if case .group = conflict.slot { return false }
            return conflict.slot != slot
        }
        let foreign = Set(others.flatMap(\.sides)).subtracting(sides).compactMap(graph.index)
        let heads = graph.heads.filter { head in
            !foreign.contains { $0 == head || graph.reach[head].contains($0) }
        }
        let shown = Set(heads).union(sides.compactMap(graph.index))
        return shown.filter { index in !shown.contains { graph.reach[$0].contains(index) } }
            .map { changes[$0].reference }.sorted()
    }
}

/// The two values of the `life` group, as canonical CBOR: `{1: 0}` and `{1: 1}`.
public enum LifeValue {
    public static let alive: [UInt8] = [0xA1, 0x01, 0x00]
    public static let withdrawn: [UInt8] = [0xA1, 0x01, 0x01]
}
