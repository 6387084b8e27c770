import BitCollections

/// What merging must know of a record type.
public struct MergeRules: Hashable, Sendable {
    /// Concurrent changes of disjoint groups are listed for a person to look at.
    public let isConsequential: Bool

    public init(isConsequential: Bool) { self.isConsequential = isConsequential }
}

extension Story {
    /// The state of the record. The rules are asked for by type, since the type is known only
    /// once the creation is found among the changes.
    public func fold(_ rules: (_ type: String) -> MergeRules) -> RecordState {
        if changes.count == 1, changes[0].creates != nil, changes[0].parents.isEmpty {
            return .created(changes[0])
        }
        let graph = StoryGraph(self)
        let groups = graph.groupIDs.compactMap(graph.groupState)
        let type = graph.creation.map { changes[$0].creates ?? "" } ?? ""
        return RecordState(
            record: record,
            type: type,
            isVisible: graph.creation.map { graph.accepted.contains($0) } ?? false,
            groups: groups,
            heads: graph.heads.map { changes[$0].reference },
            verdicts: graph.verdicts,
            waiting: changes.indices.filter { !graph.takesPart.contains($0) }
                .map { changes[$0].reference },
            wanted: graph.wanted,
            conflicts: graph.conflicts(groups: groups, rules: rules(type)))
    }

    /// The story as the author of one of its changes could know it: that change, all that it
    /// reaches through parents, and every verdict.
    public func seen(by reference: Reference) -> Story {
        let graph = StoryGraph(self)
        guard let index = graph.index(of: reference) else {
            return Story(record: record, changes: [])
        }
        let reach = graph.reach[index]
        return Story(
            record: record,
            changes: changes.indices.filter {
                $0 == index || reach.contains($0) || !changes[$0].kind.isEdit
            }
            .map { changes[$0] })
    }
}

/// The references of one story as sets of indices into its changes.
struct StoryGraph {
    let story: Story
    let creation: Int?
    /// Changes that take part: everything they reference is stored and itself takes part.
    let takesPart: BitSet
    let wanted: [Reference]
    let verdicts: [StandingVerdicts]
    let held: BitSet
    /// Edits, decisions and joins that take part and are not held.
    let accepted: BitSet
    /// For each change: what it reaches through parents, held changes included.
    let reach: [BitSet]
    let heads: BitSet
    private let indices: [Reference: Int]
    /// References before what refers to them.
    private let order: [Int]

    init(_ story: Story) {
        self.story = story
        let changes = story.changes
        var indices: [Reference: Int] = [:]
        for (index, change) in changes.enumerated() { indices[change.reference] = index }
        self.indices = indices
        creation = indices[story.record].flatMap { changes[$0].creates == nil ? nil : $0 }

        let voided = Set(
            changes.lazy.filter { $0.kind == .void && $0.isAuthoritative }.compactMap(\.target)
        ).filter { indices[$0] == nil }
        let needs = changes.map { story.needs(of: $0) }
        order = Self.topologicalOrder(needs: needs, indices: indices)
        var takesPart = BitSet()
        for index in order {
            let complete = needs[index].allSatisfy { need in
                voided.contains(need) || indices[need].map { takesPart.contains($0) } ?? false
            }
            if complete { takesPart.insert(index) }
        }
        self.takesPart = takesPart
        wanted = Set(needs.joined()).filter { indices[$0] == nil && !voided.contains($0) }.sorted()

        (verdicts, held) = Self.standing(changes, takesPart: takesPart, indices: indices)
        var accepted = BitSet()
        for index in takesPart where changes[index].kind.isEdit && !held.contains(index) {
            accepted.insert(index)
        }
        self.accepted = accepted

        var reach = [BitSet](repeating: BitSet(), count: changes.count)
        for index in order where takesPart.contains(index) {
            for parent in changes[index].parents.compactMap({ indices[$0] }) {
                reach[index].insert(parent)
                reach[index].formUnion(reach[parent])
            }
        }
        self.reach = reach
        heads = accepted.reduce(into: accepted) { $0.subtract(reach[$1]) }
    }

    func index(of reference: Reference) -> Int? { indices[reference] }

    var groupIDs: [GroupID] {
        Set(story.changes.lazy.filter(\.kind.isEdit).flatMap { $0.groups.map(\.group) }).sorted()
    }

    // MARK: Verdicts

    /// A verdict replaces the verdicts that the hub had stored, and cannot itself be held.
    private static func standing(
        _ changes: [StoryChange], takesPart: BitSet, indices: [Reference: Int]
    ) -> ([StandingVerdicts], BitSet) {
        var byTarget: [Reference: [StoryChange]] = [:]
        for index in takesPart
        where changes[index].kind == .verdict && changes[index].isAuthoritative {
            guard let target = changes[index].target, let at = indices[target],
                changes[at].kind.isEdit
            else { continue }
            byTarget[target, default: []].append(changes[index])
        }
        var held = BitSet()
        let standing = byTarget.keys.sorted().map { target in
            let all = byTarget[target] ?? []
            let replaced = Set(all.flatMap { $0.groups.flatMap(\.replaces) })
            let left = all.filter { !replaced.contains($0.reference) }
            let isHeld = left.contains(where: \.holds)
            if isHeld, let at = indices[target] { held.insert(at) }
            return StandingVerdicts(
                target: target, verdicts: left.map(\.reference).sorted(), isHeld: isHeld)
        }
        return (standing, held)
    }

    // MARK: Values

    /// For each change that writes the group: what its value replaced, directly or through a
    /// chain of references.
    ///
    /// The chain runs through held changes: what they had replaced stays replaced by what came
    /// after them. It does not pass a held change that replaces two or more references, since
    /// nobody entitled saw those sides together.
    private func replaced(in group: GroupID) -> [Replaced?] {
        let changes = story.changes
        var result = [Replaced?](repeating: nil, count: changes.count)
        for index in order where takesPart.contains(index) && changes[index].kind.isEdit {
            guard let edit = changes[index].groups.first(where: { $0.group == group }) else {
                continue
            }
            var ancestors = BitSet()
            for reference in edit.replaces {
                // A voided reference is stored nowhere: nothing lies behind it.
                guard let at = indices[reference] else { continue }
                ancestors.insert(at)
                guard let before = result[at] else { continue }
                if held.contains(at), before.directCount >= 2 { continue }
                ancestors.formUnion(before.ancestors)
            }
            result[index] = Replaced(directCount: edit.replaces.count, ancestors: ancestors)
        }
        return result
    }

    /// What a change's value of one group took the place of.
    private struct Replaced {
        let directCount: Int
        let ancestors: BitSet
    }

    func groupState(_ group: GroupID) -> GroupState? {
        let replaced = replaced(in: group)
        var dead = BitSet()
        var writers: [Int] = []
        for index in accepted {
            guard let write = replaced[index] else { continue }
            writers.append(index)
            dead.formUnion(write.ancestors)
        }
        let left = writers.filter { !dead.contains($0) }
        guard !left.isEmpty else { return nil }
        let siblings = left.map { index in
            Sibling(
                reference: story.changes[index].reference,
                value: story.changes[index].value(of: group))
        }
        let isDisputed = siblings.contains { $0.value != siblings[0].value }
        return GroupState(
            group: group, siblings: siblings,
            lastAgreed: isDisputed ? lastAgreed(siblings: left, replaced: replaced) : nil)
    }

    /// The latest accepted ancestor that is comparable with every sibling and with every accepted
    /// ancestor of a sibling. Unique, and independent of what a node happened to show before.
    private func lastAgreed(siblings: [Int], replaced: [Replaced?]) -> LastAgreed {
        func isAncestor(_ a: Int, of b: Int) -> Bool {
            replaced[b]?.ancestors.contains(a) ?? false
        }
        let ancestors = siblings.reduce(into: BitSet()) { union, sibling in
            union.formUnion(replaced[sibling]?.ancestors ?? BitSet())
        }.filter { accepted.contains($0) && replaced[$0] != nil }
        let others = Array(ancestors) + siblings
        let comparable = ancestors.filter { a in
            others.allSatisfy { b in a == b || isAncestor(a, of: b) || isAncestor(b, of: a) }
        }
        // Comparable with each other, so "latest" is the one that all others are ancestors of.
        let latest = comparable.first { a in
            comparable.allSatisfy { b in a == b || isAncestor(b, of: a) }
        }
        return latest.map { .value(story.changes[$0].reference) } ?? .unset
    }

    // MARK: Order

    /// What must be stored, and take part, before a change does.
    private static func topologicalOrder(needs: [[Reference]], indices: [Reference: Int]) -> [Int] {
        // Hash references cannot form a cycle; explicit stack, since a story may be thousands long.
        var order: [Int] = []
        var state = [UInt8](repeating: 0, count: needs.count)
        for root in needs.indices where state[root] == 0 {
            var stack = [root]
            while let index = stack.last {
                if state[index] == 0 {
                    state[index] = 1
                    for need in needs[index] {
                        if let at = indices[need], state[at] == 0 { stack.append(at) }
                    }
                } else {
                    stack.removeLast()
                    if state[index] == 1 {
                        state[index] = 2
                        order.append(index)
                    }
                }
            }
        }
        return order
    }
}

extension Story {
    /// The record's creation counts, too: an import may name nothing else.
    fileprivate func needs(of change: StoryChange) -> [Reference] {
        if change.kind == .void { return [] }
        var needs = change.parents + change.groups.flatMap(\.replaces)
        if let target = change.target { needs.append(target) }
        if change.creates == nil { needs.append(record) }
        return needs
    }
}
