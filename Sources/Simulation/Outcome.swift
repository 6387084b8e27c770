import Records
import Store
import SyncCore
import WireFormat

/// What one record must look like once everybody has everything.
struct Outcome {
    let record: Reference
    let type: String
    private let entries: [LedgerEntry]
    /// For each entry: the entries that its author had seen, directly or not.
    private let seen: [Reference: Set<Reference>]

    init(_ record: Reference, _ entries: [LedgerEntry]) {
        self.record = record
        self.entries = entries
        type = entries.first?.type ?? ""
        var seen: [Reference: Set<Reference>] = [:]
        // A form shows only what was written before, so earlier entries are complete.
        for entry in entries {
            seen[entry.reference] = entry.shownHeads.reduce(into: []) {
                $0.insert($1)
                $0.formUnion(seen[$1] ?? [])
            }
        }
        self.seen = seen
    }

    var groups: [GroupID] { Set(entries.flatMap(\.writes.keys)).sorted() }

    /// Writes of a group that no other had replaced.
    func siblings(_ group: GroupID) -> [(reference: Reference, value: [UInt8])] {
        var replaced: [Reference: Set<Reference>] = [:]
        for entry in entries {
            guard let write = entry.writes[group] else { continue }
            replaced[entry.reference] = write.shown.reduce(into: []) {
                $0.insert($1)
                $0.formUnion(replaced[$1] ?? [])
            }
        }
        let gone = replaced.values.reduce(into: Set<Reference>()) { $0.formUnion($1) }
        return entries.compactMap { entry in
            guard let write = entry.writes[group], !gone.contains(entry.reference) else {
                return nil
            }
            return (entry.reference, write.value)
        }.sorted { $0.reference < $1.reference }
    }

    func isDisputed(_ group: GroupID) -> Bool { Set(siblings(group).map(\.value)).count > 1 }

    var isAlive: Bool {
        let life = siblings(ReservedGroup.life)
        return life.isEmpty || life.contains { $0.value == LifeValue.alive }
    }

    var alias: ShortID? {
        let values = Set(siblings(ReservedGroup.alias).map(\.value))
        guard values.count == 1, let bytes = values.first else { return nil }
        guard case .text(let text)? = fields(bytes)[ReservedGroup.field] else { return nil }
        return ShortID(text)
    }

    func fields(_ bytes: [UInt8]) -> [FieldID: Value] {
        let entries = (try? ValueCodec.decode(group: bytes)) ?? []
        return Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    }

    // MARK: Conflicts

    /// Open conflicts by slot, with their class and sides; broken rules are not foretold.
    func conflicts(isConsequential: Bool) -> [ConflictSlot: (ConflictClass, [Reference])] {
        var conflicts: [ConflictSlot: (ConflictClass, [Reference])] = [:]
        for group in groups where group != ReservedGroup.life && isDisputed(group) {
            conflicts[.group(group)] = (kind(group), siblings(group).map(\.reference))
        }
        let pairs = concurrentPairs()
        let life = life(pairs)
        if !life.isEmpty {
            let kind = isDisputed(ReservedGroup.life) ? kind(ReservedGroup.life) : .withdrawVsEdit
            conflicts[.life] = (kind, life)
        }
        let parallel = isConsequential ? parallel(pairs) : []
        if !parallel.isEmpty { conflicts[.parallel] = (.parallelEdit, parallel) }
        return conflicts
    }

    private struct Pair {
        let a: LedgerEntry
        let b: LedgerEntry
        let isDecided: Bool
        let isJoined: Bool
    }

    private func concurrentPairs() -> [Pair] {
        func saw(_ a: LedgerEntry, _ b: LedgerEntry) -> Bool {
            seen[a.reference]?.contains(b.reference) ?? false
        }
        return entries.enumerated().flatMap { index, a in
            entries[(index + 1)...].filter { !saw(a, $0) && !saw($0, a) }.map { b in
                let later = entries.filter { saw($0, a) && saw($0, b) }
                return Pair(
                    a: a, b: b, isDecided: later.contains { $0.kind == .decision },
                    isJoined: later.contains { $0.kind == .join })
            }
        }
    }

    private func kind(_ group: GroupID) -> ConflictClass {
        let decided = siblings(group).filter { sibling in
            entries.contains { $0.reference == sibling.reference && $0.kind == .decision }
        }
        return Set(decided.map(\.value)).count > 1 ? .decisionVsDecision : .sameField
    }

    private var withdrawals: Set<Reference> {
        Set(siblings(ReservedGroup.life).filter { $0.value != LifeValue.alive }.map(\.reference))
    }

    private func life(_ pairs: [Pair]) -> [Reference] {
        let withdrawals = withdrawals
        var sides: Set<Reference> = []
        if isDisputed(ReservedGroup.life) {
            sides.formUnion(siblings(ReservedGroup.life).map(\.reference))
        }
        for pair in pairs where !pair.isDecided {
            for (one, other) in [(pair.a, pair.b), (pair.b, pair.a)]
            where withdrawals.contains(one.reference)
                && other.writes.keys.contains(where: { $0 != ReservedGroup.life })
            {
                sides.formUnion([one.reference, other.reference])
            }
        }
        return sides.sorted()
    }

    private func parallel(_ pairs: [Pair]) -> [Reference] {
        let withdrawals = withdrawals
        var sides: Set<Reference> = []
        for pair in pairs where !pair.isDecided && !pair.isJoined {
            if withdrawals.contains(pair.a.reference) || withdrawals.contains(pair.b.reference) {
                continue
            }
            func own(_ a: LedgerEntry, _ b: LedgerEntry) -> Set<GroupID> {
                Set(a.writes.filter { b.writes[$0.key]?.value != $0.value.value }.keys)
            }
            let (a, b) = (own(pair.a, pair.b), own(pair.b, pair.a))
            if !a.isEmpty, !b.isEmpty, a.isDisjoint(with: b) {
                sides.formUnion([pair.a.reference, pair.b.reference])
            }
        }
        return sides.sorted()
    }
}
