import Records
import Store
import SyncCore
import WireFormat

/// The people at one machine: they open forms, leave them open, and save them late.
final class Office {
    /// What a screen shows until it is saved or given up.
    private struct Form {
        let shown: RecordState
        let token: String
        let incarnation: UInt64
        /// Set on a conflict page.
        var slot: ConflictSlot?
    }

    /// Mistakes that no client may make, to see that the checks find them.
    enum Flaw {
        case none
        /// Saves an old form with a new token: overwrites what its person never saw.
        case refreshesTokens
    }

    var flaw = Flaw.none
    private let machine: Machine
    private let dice: Dice
    private let scopes: [Scope]
    private var forms: [Form] = []
    private var count = 0

    init(_ machine: Machine) {
        self.machine = machine
        dice = machine.world.dice.fork()
        scopes = machine.identity.ownScopes
    }

    /// Does something now and then until the given time.
    func work(until end: Int64) {
        machine.world.schedule.after(dice.milliseconds(1000...90_000)) { [self] in
            guard machine.world.schedule.now < end else { return }
            if machine.store != nil { try act() }
            work(until: end)
        }
    }

    func act() throws {
        switch dice.roll(0...99) {
        case ..<12: try create()
        case ..<18: try log()
        case ..<38: try openForm()
        case ..<66: try saveForm()
        case ..<75: try join()
        case ..<95: try openConflict()
        default: try mergeDuplicate()
        }
    }

    // MARK: New records

    private func create() throws {
        count += 1
        let number = "\(count)"
        if dice.roll(0...1) == 0 {
            // A small pool, so that offices register one supplier twice.
            let code = FictionalSupplier.code(index: dice.roll(0...5)).code
            try createRecord(
                Supplier.type, .province,
                [
                    Supplier.Group.identity: [Supplier.uscc: .text(code)],
                    Supplier.Group.name: [Supplier.name: .text("示例\(number)")],
                ])
        } else {
            try createRecord(
                CreditRecord.type, dice.pick(scopes) ?? .province,
                [
                    CreditRecord.Group.basis: [CreditRecord.decisionBody: .text("机关\(number)")],
                    CreditRecord.Group.conduct: [CreditRecord.facts: .text("事实\(number)")],
                ])
        }
    }

    private func log() throws {
        guard let county = scopes.last, county != .province else { return }
        count += 1
        try createRecord(
            ServiceLog.type, county, [ServiceLog.Group.entry: [ServiceLog.site: .text("\(count)")]])
    }

    private func createRecord(
        _ type: RecordType, _ scope: Scope, _ groups: [GroupID: [FieldID: Value]]
    ) throws {
        let edit = Edit(
            target: .new(type: type.name, scope: scope, lane: type.lane), basis: .nothing,
            writes: groups.mapValues { .fields($0) }, author: "clerk",
            schemaVersion: type.schemaVersion)
        try machine.write(edit) { appended in
            LedgerEntry(
                reference: appended.record.state.record, record: appended.record.state.record,
                type: type.name, kind: .edit, shownHeads: [],
                writes: groups.mapValues {
                    LedgerEntry.Write(value: Self.bytes($0), shown: [])
                })
        }
    }

    private static func bytes(_ fields: [FieldID: Value]) -> [UInt8] {
        ValueCodec.encode(
            group: fields.keys.sorted().map { Value.Entry($0, fields[$0] ?? .null) })
    }

    // MARK: Forms

    private func someRecord() throws -> StoredRecord? {
        for _ in 0..<4 {
            // Mostly what is on everybody's mind.
            let records = machine.world.ledger.records
            let candidates = dice.roll(0...2) == 0 ? records : Array(records.suffix(6))
            guard let record = dice.pick(candidates), scopes.contains(record.log.scope),
                let found = try machine.store?.record(record),
                found.state.type != ServiceLog.type.name
            else { continue }
            return found
        }
        return nil
    }

    private func openForm() throws {
        guard let record = try someRecord() else { return }
        forms.append(form(record.state, record.token))
        if forms.count > 4 { forms.removeFirst() }
    }

    private func form(_ shown: RecordState, _ token: String, _ slot: ConflictSlot? = nil) -> Form {
        Form(
            shown: shown, token: token, incarnation: machine.store?.identity.incarnation ?? 0,
            slot: slot)
    }

    private func saveForm() throws {
        guard !forms.isEmpty else { return try openForm() }
        let form = forms.remove(at: dice.roll(0...(forms.count - 1)))
        // The node goes on under a new name: its pages must be loaded again.
        guard form.incarnation == machine.store?.identity.incarnation else { return }
        if let slot = form.slot { return try decide(form, slot) }
        let isWithdrawal = dice.roll(0...11) == 0
        let values = isWithdrawal ? lifeChange(form) : fieldChange(form)
        // A form shows a disputed field read-only.
        let open = values.filter { form.shown.group($0.key)?.isDisputed != true }
        if !open.isEmpty { try save(form, .edit, open) }
    }

    private func lifeChange(_ form: Form) -> [GroupID: [UInt8]] {
        let isAlive = form.shown.group(ReservedGroup.life)?.agreedValue != LifeValue.withdrawn
        return [ReservedGroup.life: isAlive ? LifeValue.withdrawn : LifeValue.alive]
    }

    /// One or two groups of the type, as the form would write them.
    private func fieldChange(_ form: Form) -> [GroupID: [UInt8]] {
        let all: [(GroupID, FieldID)] =
            form.shown.type == Supplier.type.name
            ? [
                (Supplier.Group.name, Supplier.name), (Supplier.Group.size, Supplier.smeClass),
                (Supplier.Group.contact, Supplier.contactPhone),
            ]
            : [
                (CreditRecord.Group.basis, CreditRecord.decisionBody),
                (CreditRecord.Group.conduct, CreditRecord.facts),
                (CreditRecord.Group.evidence, CreditRecord.evidence),
            ]
        var values: [GroupID: [UInt8]] = [:]
        for _ in 0..<dice.roll(1...2) {
            guard let (group, field) = dice.pick(all) else { continue }
            // Few texts, so that people sometimes agree by accident.
            values[group] = Self.bytes([field: .text("值\(dice.roll(1...5))")])
        }
        return values
    }

    private func save(_ form: Form, _ kind: ChangeKind, _ values: [GroupID: [UInt8]]) throws {
        guard let store = machine.store else { return }
        var edit = Edit(
            target: .existing(form.shown.record), kind: kind, basis: .token(form.token),
            writes: values.mapValues { .verbatim($0) }, author: "clerk", schemaVersion: 1)
        if flaw == .refreshesTokens, let now = try store.record(form.shown.record) {
            edit.basis = .token(now.token)
        }
        do {
            try write(edit, form, values)
        } catch StoreError.stale(let now) {
            guard now.state.record == form.shown.record else {
                throw machine.world.violation("a stale form was shown another record")
            }
            guard dice.roll(0...3) > 0 else { return }
            edit.basis = .keepBoth(token: form.token)
            try write(edit, form, values)
        } catch StoreError.disputed where flaw == .refreshesTokens {
            // This one the store finds by itself.
        }
    }

    private func write(_ edit: Edit, _ form: Form, _ values: [GroupID: [UInt8]]) throws {
        try machine.write(edit) { appended in
            guard let reference = appended.change else {
                throw machine.world.violation("a change has no reference")
            }
            var writes: [GroupID: LedgerEntry.Write] = [:]
            for (group, value) in values {
                let shown = form.shown.group(group)?.siblings ?? []
                // An edit that says what was shown says nothing.
                let isSilent = !shown.isEmpty && shown.allSatisfy { $0.value == value }
                if edit.kind == .edit, isSilent { continue }
                writes[group] = LedgerEntry.Write(value: value, shown: shown.map(\.reference))
            }
            return LedgerEntry(
                reference: reference, record: form.shown.record, type: form.shown.type,
                kind: edit.kind, shownHeads: try self.seenHeads(edit, reference, form),
                writes: writes)
        }
    }

    /// A conflict page shows the sides of its conflict, not all that happened to the record: the
    /// decision itself says what its author saw.
    private func seenHeads(
        _ edit: Edit, _ reference: Reference, _ form: Form
    ) throws -> [Reference] {
        guard edit.kind == .decision, let change = try machine.store?.change(ShortID(reference))
        else { return form.shown.heads }
        return change.header.parents
    }

    private func join() throws {
        guard let record = try someRecord(), record.state.heads.count > 1 else { return }
        try save(form(record.state, record.token), .join, [:])
    }

    // MARK: Conflict pages

    private func openConflict() throws {
        guard let store = machine.store,
            let item = dice.pick(try store.conflicts(limit: 20).elements),
            case .record(let record, let slot) = item.subject,
            let page = try store.conflict(named: item.name), let shown = try store.record(record)
        else { return }
        forms.append(form(shown.state, page.token, slot))
        if dice.roll(0...2) > 0 { try decide(forms.removeLast(), slot) }
    }

    private func decide(_ form: Form, _ slot: ConflictSlot) throws {
        let group: GroupID =
            switch slot {
            case .group(let group): group
            case .life: ReservedGroup.life
            case .parallel, .rule:
                form.shown.groups.first { $0.group >= ReservedGroup.firstDeclared }?.group ?? 0
            }
        let siblings = form.shown.group(group)?.siblings ?? []
        guard let value = dice.pick(siblings.map(\.value)) else { return }
        let edit = Edit(
            target: .existing(form.shown.record), kind: .decision,
            basis: .conflict(slot: slot, token: form.token), writes: [group: .verbatim(value)],
            author: "reviewer", reason: "看过双方", schemaVersion: 1)
        do {
            try write(edit, form, [group: value])
        } catch StoreError.conflictMoved {
            // Somebody else decided, or a side arrived: look again another time.
        }
    }

    private func mergeDuplicate() throws {
        guard let store = machine.store,
            let item = dice.pick(try store.conflicts(kind: .duplicate, limit: 20).elements),
            let source = dice.pick(item.sides.map(\.reference)),
            let target = dice.pick(item.sides.map(\.reference).filter { $0 != source }),
            let shown = try store.record(source)
        else { return }
        try save(
            form(shown.state, shown.token), .decision,
            [ReservedGroup.alias: Alias.value(ShortID(target))])
    }
}
