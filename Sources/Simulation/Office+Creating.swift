import Records
import ReferenceModel
import Store
import SyncCore

/// New records, in each of the ways in which people make them.
extension Office {
    /// Something that everybody should hear of.
    func announce() throws -> Reference? {
        let before = ledger.entries.count
        try createRecord(
            CreditRecord.type.name, CreditRecord.type.lane, .province,
            [CreditRecord.Group.conduct: [CreditRecord.facts: .text("新闻")]])
        return ledger.entries.count > before ? ledger.entries.last?.reference : nil
    }

    /// Something in each log that an office writes.
    func writeEverywhere(_ dice: Dice) throws -> [Reference] {
        self.dice = dice
        let before = ledger.entries.count
        _ = try announce()
        try log()
        if let county = scopes.last, county != .province {
            try createRecord(
                CreditRecord.type.name, CreditRecord.type.lane, county,
                [CreditRecord.Group.conduct: [CreditRecord.facts: .text("草稿")]])
        }
        return ledger.entries[before...].map(\.reference)
    }

    func create() throws {
        let number = "\(dice.roll(1...1_000_000))"
        if isNewer, dice.roll(0...2) == 0 {
            // A type that no other version knows.
            try createRecord(
                "inspection", .records, .province, schemaVersion: 9,
                [10: [1: .text(number)], 12: [7: .integer(4), 300: .list([.text("x")])]])
        } else if dice.roll(0...1) == 0 {
            // A small pool, so that offices register one supplier twice.
            let code = FictionalSupplier.code(index: dice.roll(0...5)).code
            let identity: [FieldID: Value] = [Supplier.uscc: .text(code)]
            ledger.note(key: code, in: Self.bytes(identity))
            var name: [FieldID: Value] = [Supplier.name: .text("示例\(number)")]
            if isNewer { name[900] = .text("newer") }
            try createRecord(
                Supplier.type.name, Supplier.type.lane, .province,
                [Supplier.Group.identity: identity, Supplier.Group.name: name])
        } else {
            try createRecord(
                CreditRecord.type.name, CreditRecord.type.lane, dice.pick(scopes) ?? .province,
                [
                    CreditRecord.Group.basis: [CreditRecord.decisionBody: .text(body(number))],
                    CreditRecord.Group.conduct: [CreditRecord.facts: .text("事实\(number)")],
                ])
        }
    }

    /// Some attach half a file.
    private func body(_ number: String) -> String {
        dice.roll(0...59) == 0
            ? Base32.encode(dice.bytes(dice.roll(18...36) * 1024)) : "机关\(number)"
    }

    func log() throws {
        guard let county = scopes.last, county != .province else { return }
        if dice.roll(0...9) == 0 { return try correctLog(county) }
        // One entry, or a day's list at once.
        let count = dice.roll(0...4) == 0 ? dice.roll(2...6) : 1
        let lists: [[GroupID: [FieldID: Value]]] = (0..<count).map { _ in
            [ServiceLog.Group.entry: [ServiceLog.site: .text("\(dice.roll(1...1000))")]]
        }
        var left = lists[...]
        try machine.write(
            lists.map { creation(ServiceLog.type.name, ServiceLog.type.lane, county, 1, $0) }
        ) { created($0, ServiceLog.type.name, left.removeFirst()) }
    }

    /// What is never edited: a correction is another record.
    private func correctLog(_ scope: Scope) throws {
        let logs = ledger.records.filter {
            $0.log.scope == scope && $0.log.lane == ServiceLog.type.lane
        }
        guard let log = dice.pick(logs), let shown = try machine.store?.record(log) else { return }
        let edit = Edit(
            target: .existing(log), basis: .token(shown.token),
            writes: [ServiceLog.Group.entry: .fields([ServiceLog.site: .text("改")])],
            author: "clerk", schemaVersion: 1)
        do {
            try machine.write([edit]) { _ in
                throw machine.world.violation("a service log was edited")
            }
        } catch StoreError.insertOnly {}
    }

    /// More than a run of changes at once, which the ledger does not follow one by one.
    func keepBacklog() throws {
        guard let store = machine.store, let county = scopes.last, county != .province else {
            return
        }
        if dice.roll(0...1) == 0 { return try keepFiles() }
        let edits = (1...530).map { number in
            creation(
                ServiceLog.type.name, ServiceLog.type.lane, county, 1,
                [ServiceLog.Group.entry: [ServiceLog.site: .text("\(number)")]])
        }
        let last = try store.append(edits).last?.change
        if let last { machine.world.backlogs.append((machine, machine.life, last)) }
        try machine.wrote()
    }

    /// More than a segment's bytes at once.
    func keepFiles() throws {
        guard let county = scopes.last, county != .province else { return }
        let lists: [[GroupID: [FieldID: Value]]] = (0..<20).map { _ in
            let file = Base32.encode(dice.bytes(dice.roll(18...36) * 1024))
            return [ServiceLog.Group.entry: [ServiceLog.site: .text(file)]]
        }
        var left = lists[...]
        try machine.write(
            lists.map { creation(ServiceLog.type.name, ServiceLog.type.lane, county, 1, $0) }
        ) { created($0, ServiceLog.type.name, left.removeFirst()) }
    }

    private func createRecord(
        _ type: String, _ lane: Lane, _ scope: Scope, schemaVersion: UInt32 = 1,
        _ groups: [GroupID: [FieldID: Value]]
    ) throws {
        try machine.write([creation(type, lane, scope, schemaVersion, groups)]) {
            created($0, type, groups)
        }
    }

    private func creation(
        _ type: String, _ lane: Lane, _ scope: Scope, _ schemaVersion: UInt32,
        _ groups: [GroupID: [FieldID: Value]]
    ) -> Edit {
        Edit(
            target: .new(type: type, scope: scope, lane: lane), basis: .nothing,
            writes: groups.mapValues { .fields($0) }, author: "clerk",
            schemaVersion: schemaVersion)
    }

    private func created(
        _ reference: Reference, _ type: String, _ groups: [GroupID: [FieldID: Value]]
    ) -> LedgerEntry {
        let id = ledger.id(reference)
        var act = Act(id: id, record: id, kind: .edit)
        for (group, fields) in groups { act.writes[Int(group)] = Self.bytes(fields) }
        return LedgerEntry(act: act, reference: reference, record: reference, type: type)
    }
}
