/// What a set of acts says about one record, straight from the definitions, and slow.
public struct RecordModel {
    static let life = 1
    static let alive: [UInt8] = [0xA1, 0x01, 0x00]

    let record: Int
    let acts: [Int: Act]
    /// Everything they name is there, and itself complete.
    private let complete: Set<Int>
    /// Declared lost, and absent.
    private let voided: Set<Int>
    private let held: Set<Int>
    let accepted: [Int]
    /// For each act: all that its author had on the screen, and their authors, and so on.
    let reach: [Int: Set<Int>]
    /// For each group and writer: the values that its own took the place of.
    let replaced: [Int: [Int: Set<Int>]]

    /// `stored`: the acts of the record that a node holds. Ids ascend in the order of happening.
    public init(record: Int, stored: [Act]) {
        self.record = record
        let stored = stored.filter { $0.record == record }.sorted { $0.id < $1.id }
        let acts = Dictionary(uniqueKeysWithValues: stored.map { ($0.id, $0) })
        self.acts = acts
        let voided = Set(stored.filter { $0.kind == .void && $0.isByHub }.compactMap(\.target))
            .filter { acts[$0] == nil }
        self.voided = voided
        // Nobody sees what does not exist yet, so one pass is enough.
        var complete: Set<Int> = []
        for act in stored where act.needs.isSubset(of: complete.union(voided)) {
            complete.insert(act.id)
        }
        self.complete = complete

        let verdicts = stored.filter { $0.isVerdict && complete.contains($0.id) }
        let answered = verdicts.reduce(into: Set<Int>()) { $0.formUnion($1.shown[0] ?? []) }
        let held = Set(
            verdicts.filter { $0.kind == .hold && !answered.contains($0.id) }
                .compactMap(\.target)
        ).filter { acts[$0]?.isEdit == true }
        self.held = held
        accepted = stored.filter { $0.isEdit && complete.contains($0.id) && !held.contains($0.id) }
            .map(\.id)

        var reach: [Int: Set<Int>] = [:]
        var replaced: [Int: [Int: Set<Int>]] = [:]
        for act in stored where complete.contains(act.id) && act.isEdit {
            reach[act.id] = act.heads.filter { acts[$0] != nil }
                .reduce(into: []) { seen, head in
                    seen.insert(head)
                    seen.formUnion(reach[head] ?? [])
                }
            for group in act.writes.keys {
                let shown = (act.shown[group] ?? []).filter { acts[$0] != nil }
                replaced[group, default: [:]][act.id] = shown.reduce(into: []) { gone, value in
                    gone.insert(value)
                    // Nobody entitled saw together what only a held act brought together.
                    let together = acts[value]?.shown[group]?.count ?? 0
                    if held.contains(value) && together > 1 { return }
                    gone.formUnion(replaced[group]?[value] ?? [])
                }
            }
        }
        self.reach = reach
        self.replaced = replaced
    }

    public func picture(isConsequential: Bool, rules: [Rule] = []) -> Picture {
        var picture = Picture()
        picture.isVisible = accepted.contains(record)
        for group in replaced.keys {
            let siblings = siblings(group)
            if siblings.isEmpty { continue }
            picture.siblings[group] = siblings
            guard isDisputed(group) else { continue }
            picture.lastAgreed[group] = lastAgreed(group)
            if group != Self.life {
                picture.conflicts["group-\(group)"] = Picture.Dispute(
                    kind: kind(group), sides: siblings)
            }
        }
        let below = accepted.reduce(into: Set<Int>()) { $0.formUnion(reach[$1] ?? []) }
        picture.heads = accepted.filter { !below.contains($0) }
        picture.held = held.sorted()
        picture.waiting = acts.keys.filter { !complete.contains($0) }.sorted()
        picture.wanted = acts.values.reduce(into: Set<Int>()) { $0.formUnion($1.needs) }
            .filter { acts[$0] == nil && !voided.contains($0) }.sorted()
        guard picture.isVisible else { return picture }
        picture.conflicts["life"] = lifeDispute
        if isConsequential { picture.conflicts["parallel"] = parallelEdits }
        for rule in rules { picture.conflicts["rule-\(rule.number)"] = dispute(of: rule) }
        return picture
    }

    /// Values that nothing replaced. Whoever lives has one that says so, or none at all.
    public var isAlive: Bool {
        let life = siblings(Self.life)
        return accepted.contains(record)
            && (life.isEmpty || life.contains { value($0, Self.life) == Self.alive })
    }

    /// All that the author of an act knew of.
    public func seen(by id: Int) -> Set<Int> { reach[id] ?? [] }

    // MARK: Values

    func value(_ id: Int, _ group: Int) -> [UInt8] { acts[id]?.writes[group] ?? [] }

    private func writers(_ group: Int) -> [Int] {
        accepted.filter { acts[$0]?.writes[group] != nil }
    }

    public func siblings(_ group: Int) -> [Int] {
        let writers = writers(group)
        let gone = writers.reduce(into: Set<Int>()) { $0.formUnion(replaced[group]?[$1] ?? []) }
        return writers.filter { !gone.contains($0) }
    }

    func isDisputed(_ group: Int) -> Bool {
        Set(siblings(group).map { value($0, group) }).count > 1
    }

    /// The latest accepted ancestor that is comparable with every side and with every accepted
    /// ancestor of a side.
    private func lastAgreed(_ group: Int) -> Int {
        func isBehind(_ a: Int, _ b: Int) -> Bool { replaced[group]?[b]?.contains(a) ?? false }
        let sides = siblings(group)
        let ancestors = sides.reduce(into: Set<Int>()) { $0.formUnion(replaced[group]?[$1] ?? []) }
            .filter { accepted.contains($0) }
        let common = ancestors.filter { a in
            (Array(ancestors) + sides).allSatisfy { a == $0 || isBehind(a, $0) || isBehind($0, a) }
        }
        return common.first { a in !common.contains { isBehind(a, $0) } } ?? Picture.unset
    }

    // MARK: Conflicts

    private func kind(_ group: Int) -> String {
        let decided = siblings(group).filter { acts[$0]?.kind == .decision }
        return Set(decided.map { value($0, group) }).count > 1
            ? "decision-vs-decision" : "same-field"
    }

    func areConcurrent(_ a: Int, _ b: Int) -> Bool {
        a != b && reach[a]?.contains(b) == false && reach[b]?.contains(a) == false
    }

    func someone(_ kinds: Set<Act.Kind>, saw a: Int, and b: Int) -> Bool {
        accepted.contains { id in
            acts[id].map { kinds.contains($0.kind) } == true
                && reach[id]?.isSuperset(of: [a, b]) == true
        }
    }

    /// Acts that ended the record's life, which nothing replaced there.
    private var withdrawals: Set<Int> {
        Set(siblings(Self.life).filter { value($0, Self.life) != Self.alive })
    }

    private var lifeDispute: Picture.Dispute? {
        let isDisputed = isDisputed(Self.life)
        var sides = Set(isDisputed ? siblings(Self.life) : [])
        for withdrawal in withdrawals {
            for other in accepted where areConcurrent(withdrawal, other) {
                let wrote = acts[other]?.writes.keys.filter { $0 != Self.life } ?? []
                if wrote.isEmpty || someone([.decision], saw: withdrawal, and: other) { continue }
                sides.formUnion([withdrawal, other])
            }
        }
        if sides.isEmpty { return nil }
        return Picture.Dispute(
            kind: isDisputed ? kind(Self.life) : "withdraw-vs-edit", sides: sides.sorted())
    }

    /// Two people changed different things without knowing of each other.
    private var parallelEdits: Picture.Dispute? {
        var sides: Set<Int> = []
        let candidates = accepted.filter { !withdrawals.contains($0) }
        for a in candidates {
            for b in candidates where a < b && areConcurrent(a, b) {
                var mine = acts[a]?.writes ?? [:]
                var theirs = acts[b]?.writes ?? [:]
                for (group, value) in mine where theirs[group] == value {
                    mine[group] = nil
                    theirs[group] = nil
                }
                if mine.isEmpty || theirs.isEmpty { continue }
                if mine.keys.contains(where: { theirs[$0] != nil }) { continue }
                if someone([.join, .decision], saw: a, and: b) { continue }
                sides.formUnion([a, b])
            }
        }
        return sides.isEmpty
            ? nil : Picture.Dispute(kind: "parallel-edit", sides: sides.sorted())
    }
}
