import Records
import ReferenceModel
import Store
import SyncCore
import WireFormat

/// What people write at a machine.
extension Machine {
    /// All of it or nothing. What was committed goes into the ledger before anything else happens,
    /// also where the person does not hear of it. `isSilent`: they say nothing that was not shown.
    /// `entry`: of a change that was made. Returns whether it was answered with success.
    @discardableResult
    func write(
        _ edits: [Edit], isSilent: Bool = false, _ entry: (Reference) throws -> LedgerEntry
    ) throws -> Bool {
        guard let store else { return false }
        let faults = world.network.faults
        if files == nil, dice.happens(perMillion: faults.locked + faults.diskFull) { return false }
        let isLost = dice.happens(perMillion: faults.lostAcknowledgement)
        let isUnknown = files == nil && dice.happens(perMillion: faults.ioError)
        let before = files == nil ? [:] : try ownTips(store)
        if let files, let county = self as? CountyMachine ?? dice.pick(world.counties) {
            tempt(files, for: county)
        }
        let outcome = try attempt { try store.append(edits) }
        files?.unlock()
        switch outcome {
        case .done(let appended):
            let made = appended.compactMap(\.change)
            guard made.count == (isSilent ? 0 : edits.count) else {
                throw world.violation(
                    "\(made.count) changes were written for \(edits.count) edits, silent: \(isSilent)",
                    promise: "no lost write")
            }
            try note(made, edits, isAcknowledged: !isLost && !isUnknown, entry)
            if made.isEmpty { return true }
            // Where nobody knows whether it was committed, it may have been, and must not stay here.
            if isLost { crash() } else { try wrote() }
            return true
        case .failed:
            try note(found(edits, since: before), edits, isAcknowledged: false, entry)
            try wrote()
        case .crashed: try note(found(edits, since: before), edits, isAcknowledged: false, entry)
        }
        return false
    }

    private func note(
        _ made: [Reference], _ edits: [Edit], isAcknowledged: Bool,
        _ entry: (Reference) throws -> LedgerEntry
    ) throws {
        for (reference, edit) in zip(made, edits) {
            var new = try entry(reference)
            new.isAcknowledged = isAcknowledged
            guard let change = try inspected().change(ShortID(reference)) else {
                throw world.violation("\(name) does not find its own new change \(reference)")
            }
            let header = try ChangeCodec.header(of: change)
            let payload = try ChangeCodec.payload(of: change)
            guard header.kind == edit.kind, header.author == edit.author,
                payload.reason == edit.reason, payload.schemaVersion == edit.schemaVersion
            else {
                throw world.violation(
                    "\(reference) is not what \(edit.author) did", promise: "who did what")
            }
            new.bytes = Array(change.entry)
            world.ledger.add(new)
            if isAcknowledged { promise(reference) }
            world.trace(
                "\(name) writes \(new.act.kind) \(world.short(reference)) of "
                    + "\(world.short(new.record)) groups \(new.act.writes.keys.sorted())")
        }
    }

    // MARK: Open outcomes

    private func ownTips(_ store: Store) throws -> [LogID: UInt64] {
        // Of every scope: a hub writes in those of its counties, too.
        let entries = try store.status().scopes.compactMap(\.clock).flatMap(\.entries)
        return Dictionary(
            uniqueKeysWithValues: entries.filter { $0.log.node == name }.map { entry in
                (entry.log, entry.tips.map(\.sequence).max() ?? 0)
            })
    }

    /// What a write of open outcome left on the disk: all of it or nothing.
    private func found(_ edits: [Edit], since before: [LogID: UInt64]) throws -> [Reference] {
        let store = try inspected()
        let targets = edits.compactMap { edit in
            if case .existing(let record) = edit.target { record } else { nil }
        }
        var made = try targets.flatMap { record in
            try store.history(ShortID(record))?.map(\.side.reference) ?? []
        }
        let types = Set(
            edits.compactMap { edit in
                if case .new(let type, _, _) = edit.target { type } else { nil }
            })
        for type in types.sorted() {
            made += try records(of: type, store).map(\.state.record)
        }
        made = Set(made).filter { $0.log.node == name && $0.sequence > before[$0.log] ?? 0 }
            .sorted()
        world.trace("\(name) kept \(made.count) of \(edits.count) edits of open outcome")
        guard made.isEmpty || made.count == edits.count else {
            throw world.violation(
                "\(made.count) of \(edits.count) edits were kept", promise: "atomicity")
        }
        // What was seen of it counts as made, so a later power cut must not take it away again.
        if !made.isEmpty { files?.writeBack() }
        return made
    }

    func records(of type: String, _ store: Store) throws -> [StoredRecord] {
        if let known = Catalogue.type(named: type) {
            return try store.records(ofType: known, limit: 100_000).elements
        }
        return try store.records(ofUnknownType: type, limit: 100_000).elements
    }
}
