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
        let needsPairs = rules.isConsequential || !withdrawals.isEmpty
        let pairs = needsPairs ? concurrentPairs() : []
        if let conflict = lifeConflict(life, withdrawals: withdrawals, pairs: pairs) {
            conflicts.append(conflict)
        }
        if rules.isConsequential, let conflict = parallelEdit(pairs, withdrawals: withdrawals) {
            conflicts.append(conflict)
        }
        return conflicts.sorted { $0.slot < $1.slot }
    }

    /// Two accepted changes, neither of which reaches the other.
    struct Pair {
        let a: Int
        let b: Int
        let isDecided: Bool
        let isJoined: Bool
    }

    func concurrentPairs() -> [Pair] {
        let accepted = Array(accepted)
        guard accepted.count > 1 else { return [] }
        let changes = story.changes
        let closing = accepted.filter { changes[$0].kind == .decision || changes[$0].kind == .join }
        var pairs: [Pair] = []
        for (offset, a) in accepted.enumerated() {
            for b in accepted[(offset + 1)...] where !reach[a].contains(b) && !reach[b].contains(a)
            {
                let above = closing.filter { reach[$0].contains(a) && reach[$0].contains(b) }
                pairs.append(
                    Pair(
                        a: a, b: b,
                        isDecided: above.contains { changes[$0].kind == .decision },
                        isJoined: above.contains { changes[$0].kind == .join }))
            }
        }
        return pairs
    }

    private func kind(of group: GroupState) -> ConflictClass {
        let decided = Set(
            group.siblings.filter { sibling in
                index(of: sibling.reference).map { story.changes[$0].kind == .decision } ?? false
            }.map(\.value))
        return decided.count > 1 ? .decisionVsDecision : .sameField
    }

    /// A withdrawal concurrent with a change of anything else, until a decision saw both.
    private func lifeConflict(
        _ life: GroupState?, withdrawals: Set<Int>, pairs: [Pair]
    ) -> OpenConflict? {
        guard let life else { return nil }
        var sides = life.isDisputed ? Set(life.siblings.map(\.reference)) : []
        for pair in pairs where !pair.isDecided {
            for (withdrawal, other) in [(pair.a, pair.b), (pair.b, pair.a)]
            where withdrawals.contains(withdrawal)
                && story.changes[other].groups.contains(where: { $0.group != ReservedGroup.life })
            {
                sides.formUnion([
                    story.changes[withdrawal].reference, story.changes[other].reference,
                ])
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
    private func parallelEdit(_ pairs: [Pair], withdrawals: Set<Int>) -> OpenConflict? {
        var sides: Set<Reference> = []
        for pair in pairs where !pair.isDecided && !pair.isJoined {
            if withdrawals.contains(pair.a) || withdrawals.contains(pair.b) { continue }
            let a = story.changes[pair.a]
            let b = story.changes[pair.b]
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
    /// Accepted concurrent changes that no accepted decision reaches both of.
    public func undecidedPairs() -> [(Reference, Reference)] {
        let graph = StoryGraph(self)
        return graph.concurrentPairs().filter { !$0.isDecided }.map {
            (changes[$0.a].reference, changes[$0.b].reference)
        }
    }
}

/// The two values of the `life` group, as canonical CBOR: `{1: 0}` and `{1: 1}`.
public enum LifeValue {
    public static let alive: [UInt8] = [0xA1, 0x01, 0x00]
    public static let withdrawn: [UInt8] = [0xA1, 0x01, 0x01]
}
