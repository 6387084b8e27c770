import Records
import ReferenceModel
import Store
import SyncCore
import WireFormat

/// The people at one machine: they open forms, leave them open, and save them late.
final class Office {
    /// What a screen shows until it is saved or given up.
    struct Form {
        let shown: RecordState
        let token: String
        let incarnation: UInt64
        let life: Int
        /// Set on a conflict page.
        var slot: ConflictSlot?
        /// Set on the page of a duplicate.
        var mergesInto: Reference?
        /// All that the node held of the record, on such pages.
        var there: Set<Reference> = []
    }

    /// Mistakes that no client may make, to see that the checks find them.
    enum Flaw {
        case none
        /// Saves an old form with a new token: overwrites what its person never saw.
        case refreshesTokens
    }

    var flaw = Flaw.none
    /// Runs a newer version, which knows more fields and types.
    var isNewer = false
    let machine: Machine
    var dice: Dice
    var scopes: [Scope] { machine.identity.ownScopes }
    var forms: [Form] = []
    var ledger: Ledger { machine.world.ledger }

    init(_ machine: Machine) {
        self.machine = machine
        dice = machine.dice
    }

    func act(_ dice: Dice) throws {
        self.dice = dice
        guard machine.store != nil else { return }
        switch dice.roll(0...99) {
        case ..<12: try create()
        case ..<18: try log()
        case ..<38: try openForm()
        case ..<62: try saveForm()
        case ..<66: try importValue()
        case ..<75: try join()
        case ..<95: try openConflict()
        default: try mergeDuplicate()
        }
    }

    static func bytes(_ fields: [FieldID: Value]) -> [UInt8] {
        ValueCodec.encode(
            group: fields.keys.sorted().map { Value.Entry($0, fields[$0] ?? .null) })
    }

    private static func fields(_ bytes: [UInt8]) -> [FieldID: Value] {
        let entries = (try? ValueCodec.decode(group: bytes)) ?? []
        return Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    }

    // MARK: Forms

    func someRecord() throws -> StoredRecord? {
        for _ in 0..<4 {
            // Mostly what is on everybody's mind.
            let records = machine.world.ledger.records
            let candidates = dice.roll(0...2) == 0 ? records : Array(records.suffix(6))
            guard let record = dice.pick(candidates), scopes.contains(record.log.scope),
                let found = try machine.store?.record(record),
                ![ServiceLog.type.name, RegisteredNode.type.name].contains(found.state.type),
                // What an older version does not know it does not edit.
                isNewer || Catalogue.type(named: found.state.type) != nil
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

    /// Leaves a form of a record open.
    func open(_ record: Reference) throws {
        guard let record = try machine.store?.record(record) else { return }
        forms.append(form(record.state, record.token))
    }

    func form(_ shown: RecordState, _ token: String) -> Form {
        Form(
            shown: shown, token: token, incarnation: machine.store?.identity.incarnation ?? 0,
            life: machine.life)
    }

    private func saveForm() throws {
        guard !forms.isEmpty else { return try openForm() }
        let form = forms.remove(at: dice.roll(0...(forms.count - 1)))
        // The node goes on under a new name, or from an older disk: its pages must be loaded again.
        if isFromBefore(form), dice.roll(0...1) == 0 { return }
        if let slot = form.slot { return try decide(form, slot) }
        if let target = form.mergesInto { return try merge(form, target) }
        let isWithdrawal = dice.roll(0...11) == 0
        let values = isWithdrawal ? lifeChange(form) : fieldChange(form)
        // A form shows a disputed field read-only.
        let open = values.filter { form.shown.group($0.key)?.isDisputed != true }
        if open.count < values.count, dice.roll(0...9) == 0 {
            return try saveDisputed(form, values)
        }
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
        let isKnown = Catalogue.type(named: form.shown.type) != nil
        var values: [GroupID: [UInt8]] = [:]
        for _ in 0..<dice.roll(1...2) {
            guard let (group, field) = isKnown ? dice.pick(all) : (10, 1) else { continue }
            // Few texts, so that people sometimes agree by accident. What else a newer version
            // wrote in the group stays as it was.
            let shown = form.shown.group(group)?.agreedValue ?? []
            var fields = Self.fields(shown)
            fields[field] = .text("值\(dice.roll(1...5))")
            if isNewer, dice.roll(0...2) == 0 { fields[901] = .integer(Int64(dice.roll(1...3))) }
            if form.shown.type == CreditRecord.type.name { tempt(group, &fields) }
            values[group] = bytes(fields, of: group)
        }
        return values
    }

    /// Values of which two together break a rule.
    private func tempt(_ group: GroupID, _ fields: inout [FieldID: Value]) {
        if group == CreditRecord.Group.basis, dice.roll(0...1) == 0 {
            fields[CreditRecord.source] = .text(dice.roll(0...2) > 0 ? "PERFORMANCE" : "INSPECTION")
        }
        if group == CreditRecord.Group.conduct, dice.roll(0...1) == 0 {
            fields[CreditRecord.facts] = .text("失信\(dice.roll(1...5))")
        }
    }

    private func bytes(_ fields: [FieldID: Value], of group: GroupID) -> [UInt8] {
        let bytes = Self.bytes(fields)
        if group == CreditRecord.Group.basis, fields[CreditRecord.source] == .text("PERFORMANCE") {
            ledger.note(.own, in: bytes)
        }
        if group == CreditRecord.Group.conduct,
            case .text(let text)? = fields[CreditRecord.facts], text.hasPrefix("失信")
        {
            ledger.note(.discredited, in: bytes)
        }
        return bytes
    }

    func save(
        _ form: Form, _ kind: ChangeKind, _ values: [GroupID: [UInt8]], alone group: GroupID? = nil
    ) throws {
        guard let store = machine.store else { return }
        var edit = Edit(
            target: .existing(form.shown.record), kind: kind,
            basis: group.map { .group($0, token: form.token) } ?? .token(form.token),
            writes: values.mapValues { .verbatim($0) }, author: "clerk", schemaVersion: 1)
        if kind == .edit, dice.roll(0...1) == 0 {
            edit.writes = edit.writes.merging(written(values, form)) { $1 }
        }
        if flaw == .refreshesTokens, let now = try store.record(form.shown.record) {
            edit.basis = .token(now.token)
        }
        do {
            try write(edit, form, values)
        } catch StoreError.stale(let now) {
            guard now.state.record == form.shown.record else {
                throw machine.world.violation("a stale form was shown another record")
            }
            guard group == nil, dice.roll(0...3) > 0 else { return }
            edit.basis = .keepBoth(token: form.token)
            try write(edit, form, values)
        } catch StoreError.disputed where flaw == .refreshesTokens {
            // This one the store finds by itself.
        } catch StoreError.noSuchRecord {
            // The hub holds its creation by now.
        } catch StoreError.badToken where isFromBefore(form) {
            // Its page must be loaded again.
        }
    }

    @discardableResult
    func write(
        _ edit: Edit, _ form: Form, _ values: [GroupID: [UInt8]]
    ) throws -> Bool {
        // An edit that says what was shown says nothing.
        let said = values.filter { group, value in
            let shown = form.shown.group(group)?.siblings ?? []
            return edit.kind != .edit || shown.isEmpty || shown.contains { $0.value != value }
        }
        let isSilent = edit.kind == .edit && said.isEmpty
        return try answering(edit, form) {
            try machine.write([edit], isSilent: isSilent) { reference in
                try entry(edit, reference, form, said)
            }
        }
    }

    private func entry(
        _ edit: Edit, _ reference: Reference, _ form: Form, _ said: [GroupID: [UInt8]]
    ) throws -> LedgerEntry {
        let kind: Act.Kind =
            edit.kind == .join ? .join : edit.kind == .decision ? .decision : .edit
        var act = Act(
            id: ledger.id(reference), record: ledger.id(form.shown.record), kind: kind)
        act.heads = ledger.ids(try self.seenHeads(edit, reference, form))
        for (group, value) in said {
            let shown = form.shown.group(group)?.siblings ?? []
            act.writes[Int(group)] = value
            act.shown[Int(group)] = ledger.ids(shown.map(\.reference))
        }
        return LedgerEntry(
            act: act, reference: reference, record: form.shown.record, type: form.shown.type)
    }

    /// The fields that the form changed: the store puts them over the value shown.
    private func written(
        _ values: [GroupID: [UInt8]], _ form: Form
    ) -> [GroupID: Edit.GroupWrite] {
        var writes: [GroupID: Edit.GroupWrite] = [:]
        for group in values.keys.sorted() where group >= ReservedGroup.firstDeclared {
            let before = Self.fields(form.shown.group(group)?.agreedValue ?? [])
            let after = Self.fields(values[group] ?? [])
            let changed = after.filter { before[$0.key] != $0.value }
            if !changed.isEmpty { writes[group] = .fields(changed) }
        }
        return writes
    }

    /// A file is read in: it was shown nothing, and replaces nothing.
    private func importValue() throws {
        guard let record = try someRecord() else { return }
        let form = form(record.state, record.token)
        let values = fieldChange(form)
        let edit = Edit(
            target: .existing(record.state.record), basis: .nothing,
            writes: values.mapValues { .verbatim($0) }, author: "import", schemaVersion: 1)
        try machine.write([edit]) { reference in
            var act = Act(
                id: ledger.id(reference), record: ledger.id(record.state.record), kind: .edit)
            for (group, value) in values { act.writes[Int(group)] = value }
            return LedgerEntry(
                act: act, reference: reference, record: record.state.record,
                type: record.state.type)
        }
    }

    /// A conflict page shows the sides of its conflict, not all that happened to the record: the
    /// decision itself says what its author saw, as far as its page allows.
    private func seenHeads(
        _ edit: Edit, _ reference: Reference, _ form: Form
    ) throws -> [Reference] {
        let slot: ConflictSlot
        switch edit.basis {
        case .conflict(let shown, _): slot = shown
        case .group(let group, _): slot = .group(group)
        case .token, .keepBoth, .nothing: return form.shown.heads
        }
        guard let change = try machine.inspected().change(ShortID(reference)) else { return [] }
        let parents = try ChangeCodec.header(of: change).parents
        try checkSeen(parents, of: slot, form)
        return parents
    }

    private func join() throws {
        guard let record = try someRecord(), record.state.heads.count > 1 else { return }
        try save(form(record.state, record.token), .join, [:])
    }
}
