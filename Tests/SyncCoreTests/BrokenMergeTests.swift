/// The oracle would notice: each deliberately broken merge is caught within a few seeds.
import SyncCore
import Testing

@Suite struct BrokenMergeTests {
    @Test(arguments: BrokenMerge.all)
    func `A broken merge is caught`(broken: BrokenMerge) {
        let caughtAt = (0..<200).first { seed in
            var isCaught = false
            var world = World.random(seed: UInt64(seed), steps: 40) { world in
                guard !isCaught, world.random.chance(8) else { return }
                let node = world.random.below(world.nodes.count)
                isCaught = Self.catches(broken, world, at: node)
            }
            if isCaught { return true }
            world.exchangeEverything()
            return world.nodes.indices.contains { Self.catches(broken, world, at: $0) }
        }
        #expect(caughtAt != nil, "\(broken.name) is as good as the real one")
    }

    private static func catches(_ broken: BrokenMerge, _ world: World, at node: Int) -> Bool {
        world.recordsStored(at: node).contains { record in
            let sighting = Sighting(world, record: record, at: node)
            return !sighting.faults(of: broken.merge(sighting)).isDisjoint(with: broken.showsIn)
        }
    }

    @Test func `There are enough of them, and the honest merge is not caught`() {
        #expect(BrokenMerge.all.count >= 12)
        let honest = BrokenMerge("nothing", in: Set(Aspect.allCases)) { $0.honest }
        for seed in 0..<50 {
            let world = World.random(seed: UInt64(seed), steps: 40)
            #expect(world.nodes.indices.allSatisfy { !Self.catches(honest, world, at: $0) })
        }
    }
}

extension BrokenMerge {
    static let all = references + order + holds + readings

    private static let references: [BrokenMerge] = [
        BrokenMerge("one replaced value is forgotten", in: [.values, .falseConflict]) {
            sighting, all in
            sighting.each(
                all,
                groups: { change in
                    change.groups.map {
                        GroupEdit(group: $0.group, replaces: Array($0.replaces.dropLast()))
                    }
                })
        },
        BrokenMerge("replaces what the store held at save time", in: [.silentOverwrite, .values]) {
            sighting, all in
            sighting.each(
                all,
                groups: { change in
                    guard let form = sighting.world.storeAtSave[sighting.id(change.reference)]
                    else {
                        return change.groups
                    }
                    return change.groups.map { edit in
                        let held = form.siblings[edit.group] ?? []
                        return GroupEdit(
                            group: edit.group,
                            replaces: held.map { sighting.world.changes[$0].reference })
                    }
                })
        },
        BrokenMerge("parents are the heads at save time", in: [.heads, .conflicts]) {
            sighting, all in
            sighting.each(
                all,
                parents: { change in
                    let form = sighting.world.storeAtSave[sighting.id(change.reference)]
                    return form?.heads.map { sighting.world.changes[$0].reference }
                        ?? change.parents
                })
        },
        BrokenMerge("only direct replacement counts, no chain", in: [.values]) { sighting, draft in
            draft.groups = sighting.siblings(draft) { Set(sighting.replaced($0, $1)) }
        },
        BrokenMerge("the chain passes held decisions", in: [.values]) { sighting, draft in
            draft.groups = sighting.siblings(draft, hides: { sighting.allReplaced($0, $1) })
        },
        BrokenMerge("waiting changes count at once", in: [.values]) { sighting, all in
            all
                + sighting.honest.wanted.enumerated().map { offset, reference in
                    StoryChange(
                        reference: Reference(
                            log: reference.log, sequence: 1 << 30, prefix: UInt64(offset)),
                        kind: .void, target: reference, isAuthoritative: true)
                }
        },
        BrokenMerge("what is void stays void when it turns up", in: [.values, .heads]) { _, all in
            let voided = Set(all.filter { $0.kind == .void && $0.isAuthoritative }.map(\.target))
            return all.filter { !voided.contains($0.reference) }
        },
    ]

    private static let order: [BrokenMerge] = [
        BrokenMerge("the last writer by claimed time wins", in: [.silentOverwrite]) {
            sighting, draft in
            sighting.keepOne(&draft, by: sighting.claimedTime)
        },
        BrokenMerge("the last writer to arrive wins", in: [.silentOverwrite]) { sighting, draft in
            sighting.keepOne(&draft) { UInt64(sighting.arrival($0)) }
        },
        BrokenMerge("the first branch of a fork to arrive wins", in: [.values]) { _, all in
            struct Place: Hashable {
                let log: LogID
                let sequence: UInt64
            }
            var taken: Set<Place> = []
            return all.filter {
                taken.insert(Place(log: $0.reference.log, sequence: $0.reference.sequence)).inserted
            }
        },
        BrokenMerge("the last verdict to arrive counts", in: [.values, .heads]) { sighting, all in
            all.filter { change in
                change.kind != .verdict || change.target == nil
                    || all.last { $0.kind == .verdict && $0.target == change.target }?.reference
                        == change.reference
            }.map { change in
                change.kind == .verdict
                    ? sighting.each([change], groups: { _ in [] })[0] : change
            }
        },
    ]

    private static let holds: [BrokenMerge] = [
        BrokenMerge("holds are ignored", in: [.values, .heads]) { sighting, all in
            sighting.each(all, holds: { _ in false })
        },
        BrokenMerge("a hold by anybody counts", in: [.values, .heads]) { sighting, all in
            sighting.each(all, isAuthoritative: { _ in true })
        },
        BrokenMerge("a held change is removed with its references", in: [.values]) {
            sighting, all in
            let held = Set(sighting.honest.held)
            return sighting.each(
                all,
                groups: { change in
                    held.contains(change.reference)
                        ? change.groups.map { GroupEdit(group: $0.group, replaces: []) }
                        : change.groups
                })
        },
        BrokenMerge("a held change still replaces", in: [.values, .lostWrite]) { sighting, draft in
            let held = sighting.arrived.filter { draft.held.contains($0.reference) }
            draft.groups = sighting.siblings(draft) { change, group in
                held.reduce(into: sighting.allReplaced(change, group, stoppingAt: draft.held)) {
                    $0.formUnion(sighting.replaced($1, group))
                }
            }
        },
        BrokenMerge("a held change still covers heads", in: [.heads]) { sighting, draft in
            let held = sighting.arrived.filter { draft.held.contains($0.reference) }
            let covered = Set(held.flatMap(\.parents))
            draft.heads.removeAll(where: covered.contains)
        },
        BrokenMerge("a held change goes on being the head", in: [.heads]) { sighting, draft in
            draft.heads += draft.held.filter { held in
                !sighting.arrived.contains { $0.parents.contains(held) }
            }
        },
        BrokenMerge("a record whose creation is held is shown", in: [.creation]) { _, draft in
            draft.isVisible = true
        },
    ]

    private static let readings: [BrokenMerge] = [
        BrokenMerge("last agreed is what the first side replaced", in: [.lastAgreed]) {
            sighting, draft in
            draft.groups = draft.groups.map { state in
                guard state.isDisputed, let first = sighting.world.ids[state.siblings[0].reference]
                else { return state }
                let before = sighting.replaced(sighting.world.changes[first], state.group).first
                return GroupState(
                    group: state.group, siblings: state.siblings,
                    lastAgreed: before.map { .value($0) } ?? .unset)
            }
        },
        BrokenMerge("equal values conflict", in: [.falseConflict]) { _, draft in
            for state in draft.groups where !state.isDisputed && state.siblings.count > 1 {
                draft.conflicts.append(
                    OpenConflict(
                        slot: .group(state.group), kind: .sameField,
                        sides: state.siblings.map(\.reference)))
            }
        },
        BrokenMerge("of equal values one is kept", in: [.values, .lostWrite]) { _, draft in
            draft.groups = draft.groups.map { state in
                var values: Set<[UInt8]> = []
                return GroupState(
                    group: state.group,
                    siblings: state.siblings.filter { values.insert($0.value).inserted },
                    lastAgreed: state.lastAgreed)
            }
        },
        BrokenMerge("a decision wins over what it has not seen", in: [.silentOverwrite]) {
            sighting, draft in
            draft.groups = draft.groups.map { state in
                let decided = state.siblings.filter { sibling in
                    sighting.world.events[sighting.id(sibling.reference)].kind == .decision
                }
                return decided.isEmpty ? state : GroupState(group: state.group, siblings: decided)
            }
            draft.conflicts.removeAll { $0.kind == .sameField }
        },
        BrokenMerge("a join closes withdraw-vs-edit", in: [.conflicts]) { sighting, all in
            sighting.each(all, kind: { $0.kind == .join ? .decision : $0.kind })
        },
        BrokenMerge("an edit closes withdraw-vs-edit", in: [.conflicts]) { sighting, draft in
            let accepted = sighting.accepted(draft)
            draft.conflicts.removeAll { conflict in
                conflict.kind == .withdrawVsEdit && accepted.contains { $0.parents.count > 1 }
            }
        },
        BrokenMerge("a decision closes nothing that it did not write", in: [.conflicts]) {
            sighting, all in
            sighting.each(all, kind: { $0.kind == .decision ? .edit : $0.kind })
        },
    ]
}
