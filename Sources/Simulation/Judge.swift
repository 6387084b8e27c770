import LogWriting
import ReferenceModel
import Store
import SyncCore

/// The hub's holds, releases and voids, written by hand under the hub's key: the product reads
/// them, and has no way yet to write them.
final class Judge {
    private unowned let world: World
    private var writers: [Scope: LogWriter] = [:]
    /// The verdicts on each change that the hub has and no other answers.
    private var standing: [Reference: (holds: Bool, verdicts: [Reference])] = [:]
    private var voided: Set<Reference> = []

    init(_ world: World) { self.world = world }

    /// The hub went back, and knows nothing of what it had judged since.
    func forget() {
        writers = [:]
        standing = [:]
    }

    /// Holds something, releases something held, or declares lost what is waited for.
    func act(_ dice: Dice) throws {
        guard let hub = world.hub.store else { return }
        let phantoms = world.phantoms.filter { !voided.contains($0.reference) }
        if dice.roll(0...1) == 0, let phantom = dice.pick(phantoms),
            try hub.history(ShortID(phantom.record)) != nil
        {
            voided.insert(phantom.reference)
            return try write(.void, phantom.reference, of: phantom.record, hub)
        }
        if dice.roll(0...9) == 0, let lost = try lacking(hub, dice) {
            return try write(.void, lost.reference, of: lost.record, hub)
        }
        guard let entry = pick(dice),
            let history = try hub.history(ShortID(entry.record)), history.count < 60
        else { return }
        // Some verdicts come before what they judge.
        let isHeld = standing[entry.reference]?.holds ?? false
        try write(isHeld ? .release : .hold, entry.reference, of: entry.record, hub)
    }

    /// What may still come: until then it counts as lost.
    private func lacking(_ hub: Store, _ dice: Dice) throws -> LedgerEntry? {
        let recent = world.ledger.entries.suffix(20)
        return dice.pick(try recent.filter { try hub.change(ShortID($0.reference)) == nil })
    }

    /// Something held, to release it; or something new, above all what put several values together.
    private func pick(_ dice: Dice) -> LedgerEntry? {
        let entries = world.ledger.entries
        if dice.roll(0...1) == 0 {
            let held = standing.filter { $0.value.holds }.keys.sorted()
            if let target = dice.pick(held) { return entries.last { $0.reference == target } }
        }
        if dice.roll(0...9) == 0 {
            return dice.pick(entries.filter { [.hold, .release].contains($0.act.kind) })
        }
        let edits = entries.filter(\.act.isEdit)
        let merges = edits.filter { $0.act.shown.values.contains { $0.count > 1 } }.suffix(20)
        if dice.roll(0...2) == 0, let merge = dice.pick(Array(merges)) { return merge }
        return dice.pick(Array(edits.suffix(20)))
    }

    private func write(
        _ kind: Act.Kind, _ target: Reference, of record: Reference, _ hub: Store
    ) throws {
        let scope = record.log.scope
        var writer =
            try writers[scope]
            ?? LogWriter(
                log: LogID(
                    node: world.hub.name, incarnation: world.dice.next(), scope: scope,
                    lane: .control), key: try World.key(0))
        let before = standing[target]?.verdicts ?? []
        let reference: Reference
        if kind == .void {
            reference = writer.add(kind: .void, .of(record), target: target)
        } else {
            reference = writer.judge(
                target, of: record, holds: kind == .hold, replacing: before)
        }
        let report = try hub.apply([writer.seal(writer.changes.count...writer.changes.count)])
        guard report.refusals.isEmpty else {
            throw world.violation("the hub refuses its own verdict: \(report.refusals)")
        }
        writers[scope] = writer
        if kind != .void { standing[target] = (kind == .hold, [reference]) }
        let ledger = world.ledger
        var act = Act(id: ledger.id(reference), record: ledger.id(record), kind: kind)
        act.target = ledger.id(target)
        act.isByHub = true
        if kind != .void { act.shown[0] = ledger.ids(before) }
        let change = writer.changes[writer.changes.count - 1]
        ledger.add(
            LedgerEntry(
                act: act, reference: reference, record: record, type: "",
                bytes: Array(change.entry)))
        world.trace("the hub writes \(kind) on \(world.short(target))")
        try world.hub.wrote()
    }
}
