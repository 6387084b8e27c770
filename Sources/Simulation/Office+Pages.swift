import Records
import Store
import SyncCore

/// Pages of conflicts, and what is decided on them.
extension Office {
    private func page(
        _ shown: RecordState, _ token: String, _ slot: ConflictSlot? = nil,
        mergesInto: Reference? = nil
    ) throws -> Form {
        var page = form(shown, token)
        page.slot = slot
        page.mergesInto = mergesInto
        let history = try machine.store?.history(ShortID(shown.record)) ?? []
        page.there = Set(history.map(\.side.reference))
        return page
    }

    func openConflict() throws {
        guard let store = machine.store,
            let item = dice.pick(try store.conflicts(limit: 20).elements),
            case .record(let record, let slot) = item.subject, record.log.lane != .control,
            let page = try store.conflict(named: item.name), let shown = try store.record(record)
        else { return }
        forms.append(try self.page(shown.state, page.token, slot))
        if dice.roll(0...2) > 0 { try decide(forms.removeLast(), slot) }
    }

    /// Opens the page of a conflict, to decide it when the others have opened it, too.
    func race(_ name: String, _ dice: Dice) throws -> (() throws -> Void)? {
        self.dice = dice
        guard let store = machine.store, let page = try store.conflict(named: name),
            case .record(let record, let slot) = page.item.subject,
            let shown = try store.record(record)
        else { return nil }
        let form = try self.page(shown.state, page.token, slot)
        return { [self] in
            self.dice = dice
            try decide(form, slot)
        }
    }

    func decide(_ form: Form, _ slot: ConflictSlot) throws {
        let group: GroupID =
            switch slot {
            case .group(let group): group
            case .life: ReservedGroup.life
            case .parallel, .rule:
                form.shown.groups.first { $0.group >= ReservedGroup.firstDeclared }?.group ?? 0
            }
        guard machine.store != nil else { return }
        let siblings = form.shown.group(group)?.siblings ?? []
        guard let value = dice.pick(siblings.map(\.value)) else { return }
        let edit = Edit(
            target: .existing(form.shown.record), kind: .decision,
            basis: .conflict(slot: slot, token: form.token), writes: [group: .verbatim(value)],
            author: "reviewer", reason: "看过双方", schemaVersion: 1)
        do {
            if try write(edit, form, [group: value]) { try checkDecided(slot, form) }
        } catch StoreError.noSuchRecord {
            // The hub holds its creation by now.
        } catch StoreError.conflictMoved where !isRenamed(form) {
            // Somebody else decided, or a side arrived: look again another time.
        } catch StoreError.badToken where isFromBefore(form) {
            // Its page must be loaded again.
        }
    }

    /// A record that was merged into another stands for itself again.
    private func undoMerge() throws {
        guard let shown = try someRecord(), Alias.target(of: shown.state) != nil else { return }
        try save(
            form(shown.state, shown.token), .decision, [ReservedGroup.alias: Alias.value(nil)])
    }

    func mergeDuplicate() throws {
        if dice.roll(0...4) == 0 { try undoMerge() }
        guard let store = machine.store,
            let item = dice.pick(
                try store.conflicts(type: "supplier", kind: .duplicate, limit: 20).elements),
            let source = dice.pick(item.sides.map(\.reference)),
            let target = dice.pick(item.sides.map(\.reference).filter { $0 != source }),
            let shown = try store.record(source)
        else { return }
        forms.append(try page(shown.state, shown.token, mergesInto: target))
        if dice.roll(0...2) > 0 { try merge(forms.removeLast(), target) }
    }

    func merge(_ form: Form, _ target: Reference) throws {
        let value = Alias.value(ShortID(target))
        ledger.note(alias: target, in: value)
        try save(
            form, .decision, [ReservedGroup.alias: value],
            alone: dice.roll(0...1) == 0 ? ReservedGroup.alias : nil)
    }
}
