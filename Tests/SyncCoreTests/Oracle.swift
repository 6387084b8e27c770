/// What a record must look like, worked out from what every form displayed, never from the fold.
///
/// Straight from the definitions of the sync model, and slow. Of the product it uses only names:
/// kinds of changes, groups, conflict classes and slots.
import SyncCore

/// One thing that a person or the hub did, and all that was on the screen when they did it.
struct Event: Sendable {
    let id: Int
    /// The event that created the record, itself when it creates one.
    let record: Int
    let kind: ChangeKind
    var creates: String?
    var writes: [GroupID: [UInt8]] = [:]
    /// The values that the form displayed, for each group written.
    var shown: [GroupID: Set<Int>] = [:]
    /// The heads that the form displayed.
    var heads: Set<Int> = []
    /// Everything that was ever displayed to the authors of what the form displayed.
    var everShown: Set<Int> = []
    var target: Int?
    var holds = false
    var isAuthoritative = false

    /// What must be there before the event counts.
    var needs: Set<Int> {
        if kind == .void { return [] }
        var needs = shown.values.reduce(into: heads) { $0.formUnion($1) }
        if let target { needs.insert(target) }
        if creates == nil { needs.insert(record) }
        return needs
    }
}

/// What is to be seen of a record, with events for references.
struct Picture: Hashable, Sendable {
    struct Dispute: Hashable, Sendable {
        let kind: ConflictClass
        let sides: Set<Int>
    }

    var type = ""
    var isVisible = false
    var siblings: [GroupID: [Int: [UInt8]]] = [:]
    /// Only of disputed groups; `unset` where nothing was agreed.
    var lastAgreed: [GroupID: Int] = [:]
    var heads: Set<Int> = []
    var standing: [Int: Set<Int>] = [:]
    var held: Set<Int> = []
    var waiting: Set<Int> = []
    var wanted: Set<Int> = []
    var conflicts: [ConflictSlot: Dispute] = [:]

    static let unset = -1
}

struct Oracle {
    let record: Int
    /// What is stored of the record.
    let events: [Int: Event]
    let complete: Set<Int>
    /// Declared lost, and absent.
    let voided: Set<Int>
    let standing: [Int: Set<Int>]
    let held: Set<Int>
    let accepted: Set<Int>

    init(record: Int, stored: [Event]) {
        var events: [Int: Event] = [:]
        for event in stored where event.record == record { events[event.id] = event }
        self.record = record
        self.events = events

        let voids = events.values.filter { $0.kind == .void && $0.isAuthoritative }
        voided = Set(voids.compactMap(\.target)).filter { events[$0] == nil }
        var complete: Set<Int> = []
        var before = -1
        while complete.count != before {
            before = complete.count
            for event in events.values where event.needs.isSubset(of: complete.union(voided)) {
                complete.insert(event.id)
            }
        }
        self.complete = complete

        // Verdicts: what the hub said last of all that it knew to have said.
        let verdicts = complete.compactMap { events[$0] }
            .filter { $0.kind == .verdict && $0.isAuthoritative }
        var standing: [Int: Set<Int>] = [:]
        var held: Set<Int> = []
        for verdict in verdicts {
            guard let target = verdict.target, events[target]?.kind.isEdit == true else { continue }
            let others = verdicts.filter { $0.target == target }
            let isReplaced = others.contains {
                $0.shown[ReservedGroup.verdict, default: []].contains(verdict.id)
            }
            standing[target, default: []].formUnion(isReplaced ? [] : [verdict.id])
            if !isReplaced && verdict.holds { held.insert(target) }
        }
        self.standing = standing
        self.held = held
        accepted = complete.filter { events[$0]?.kind.isEdit == true && !held.contains($0) }
    }

    // MARK: Who had seen what

    /// Every value of the group that the author had been shown, or that had been shown to the
    /// author of a value shown, but not what only a held decision brought together.
    func saw(_ id: Int, _ group: GroupID) -> Set<Int> {
        var seen: Set<Int> = []
        var next = Array(events[id]?.shown[group] ?? [])
        while let value = next.popLast() {
            guard seen.insert(value).inserted else { continue }
            let shown = events[value]?.shown[group] ?? []
            if held.contains(value) && shown.count > 1 { continue }
            next += shown.subtracting(seen)
        }
        return seen
    }

    /// Whether the author of one change had the other on a form, or someone whose change they
    /// had on a form did, and so on. Through what is lost nobody can tell.
    func reaches(_ later: Int, _ earlier: Int) -> Bool {
        guard let event = events[later] else { return false }
        if voided.isEmpty { return event.everShown.contains(earlier) }
        return event.heads.contains { head in
            events[head] != nil && (head == earlier || reaches(head, earlier))
        }
    }

    func areConcurrent(_ a: Int, _ b: Int) -> Bool { a != b && !reaches(a, b) && !reaches(b, a) }

    func someone(_ kinds: Set<ChangeKind>, saw a: Int, and b: Int) -> Bool {
        accepted.contains { id in
            events[id].map { kinds.contains($0.kind) } == true && reaches(id, a) && reaches(id, b)
        }
    }

    // MARK: Values

    var groups: Set<GroupID> {
        Set(events.values.filter(\.kind.isEdit).flatMap(\.writes.keys))
    }

    func writers(of group: GroupID) -> Set<Int> {
        accepted.filter { events[$0]?.writes[group] != nil }
    }

    func value(_ id: Int, _ group: GroupID) -> [UInt8] { events[id]?.writes[group] ?? [] }

    func siblings(_ group: GroupID) -> Set<Int> {
        let writers = writers(of: group)
        return writers.subtracting(writers.reduce(into: []) { $0.formUnion(saw($1, group)) })
    }

    func isDisputed(_ group: GroupID) -> Bool {
        Set(siblings(group).map { value($0, group) }).count > 1
    }

    /// The latest accepted ancestor that is comparable with every side and with every accepted
    /// ancestor of a side.
    func lastAgreed(_ group: GroupID) -> Int {
        let sides = siblings(group)
        // A form shows only what wrote the group; a stranger's change may name anything.
        let ancestors = writers(of: group).intersection(
            sides.reduce(into: Set<Int>()) { $0.formUnion(saw($1, group)) })
        let common = ancestors.filter { a in
            ancestors.union(sides).allSatisfy { b in
                a == b || saw(a, group).contains(b) || saw(b, group).contains(a)
            }
        }
        let latest = common.filter { a in !common.contains { saw($0, group).contains(a) } }
        precondition(latest.count < 2, "the last agreed value is unique")
        return latest.first ?? Picture.unset
    }

    // MARK: Conflicts

    func dispute(_ group: GroupID) -> Picture.Dispute {
        let sides = siblings(group)
        let decided = sides.filter { events[$0]?.kind == .decision }.map { value($0, group) }
        return Picture.Dispute(
            kind: Set(decided).count > 1 ? .decisionVsDecision : .sameField, sides: sides)
    }

    /// Changes that ended the record's life, which nothing replaced there.
    var withdrawals: Set<Int> {
        siblings(ReservedGroup.life).filter { value($0, ReservedGroup.life) != LifeValue.alive }
    }

    var lifeDispute: Picture.Dispute? {
        let isDisputed = isDisputed(ReservedGroup.life)
        var sides = isDisputed ? siblings(ReservedGroup.life) : []
        for withdrawal in withdrawals {
            for other in accepted where areConcurrent(withdrawal, other) {
                let wrote = Set(events[other]?.writes.keys.map { $0 } ?? [])
                if wrote.subtracting([ReservedGroup.life]).isEmpty { continue }
                if someone([.decision], saw: withdrawal, and: other) { continue }
                sides.formUnion([withdrawal, other])
            }
        }
        if sides.isEmpty { return nil }
        let kind = isDisputed ? dispute(ReservedGroup.life).kind : .withdrawVsEdit
        return Picture.Dispute(kind: kind, sides: sides)
    }

    /// Two people changed different things without knowing of each other.
    var parallelEdits: Set<Int> {
        var sides: Set<Int> = []
        let candidates = accepted.subtracting(withdrawals)
        for a in candidates {
            for b in candidates where a < b && areConcurrent(a, b) {
                var mine = events[a]?.writes ?? [:]
                var theirs = events[b]?.writes ?? [:]
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
        return sides
    }

    // MARK: All together

    func picture(isConsequential: (String) -> Bool) -> Picture {
        var picture = Picture()
        picture.type = events[record]?.creates ?? ""
        picture.isVisible = accepted.contains(record)
        for group in groups {
            let siblings = siblings(group)
            if siblings.isEmpty { continue }
            picture.siblings[group] = Dictionary(
                uniqueKeysWithValues: siblings.map { ($0, value($0, group)) })
            guard isDisputed(group) else { continue }
            picture.lastAgreed[group] = lastAgreed(group)
            if group != ReservedGroup.life { picture.conflicts[.group(group)] = dispute(group) }
        }
        picture.heads = heads
        picture.standing = standing
        picture.held = held
        picture.waiting = Set(events.keys).subtracting(complete)
        picture.wanted = events.values.reduce(into: Set()) { $0.formUnion($1.needs) }
            .subtracting(events.keys).subtracting(voided)
        picture.conflicts[.life] = lifeDispute
        if isConsequential(picture.type), !parallelEdits.isEmpty {
            picture.conflicts[.parallel] = Picture.Dispute(
                kind: .parallelEdit, sides: parallelEdits)
        }
        return picture
    }

    var heads: Set<Int> {
        accepted.filter { head in !accepted.contains { reaches($0, head) } }
    }
}
