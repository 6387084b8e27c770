import ReferenceModel
import Store
import SyncCore

/// What somebody who saves a form may rely on, looked at as it happens.
extension Office {
    /// The node goes on under a new name since the form was opened.
    func isRenamed(_ form: Form) -> Bool {
        form.incarnation != machine.store?.identity.incarnation
    }

    /// The form was opened under another name, or on a disk that is gone.
    func isFromBefore(_ form: Form) -> Bool { isRenamed(form) || form.life != machine.life }

    /// A save is refused as stale exactly if the record moved on, with the record as it is now; and
    /// under a new name always.
    func answering(_ edit: Edit, _ form: Form, _ save: () throws -> Bool) throws -> Bool {
        if flaw != .none { return try save() }
        let isRenamed = isRenamed(form)
        let now = try machine.store?.record(form.shown.record)?.state
        let hasMoved = now.map { !$0.shows(asMuchAs: form.shown) } ?? false
        let mustBeFresh =
            switch edit.basis {
            case .token, .group: true
            case .keepBoth, .conflict, .nothing: false
            }
        let isDone: Bool
        do { isDone = try save() } catch StoreError.stale(let told) {
            guard mustBeFresh, hasMoved, !isRenamed, told.state == now else {
                throw machine.world.violation(
                    "a form of \(machine.world.short(form.shown.record)) is called stale",
                    promise: "fresh forms are saved")
            }
            throw StoreError.stale(told)
        }
        guard !isDone || !isRenamed && !(mustBeFresh && hasMoved) else {
            throw machine.world.violation(
                "a stale form of \(machine.world.short(form.shown.record)) was saved",
                promise: "stale forms are refused")
        }
        return isDone
    }

    /// A client that lets people edit what is disputed.
    func saveDisputed(_ form: Form, _ values: [GroupID: [UInt8]]) throws {
        let edit = Edit(
            target: .existing(form.shown.record), basis: .token(form.token),
            writes: values.mapValues { .verbatim($0) }, author: "clerk", schemaVersion: 1)
        do {
            try machine.write([edit]) { _ in
                throw machine.world.violation("an edit wrote what is disputed")
            }
        } catch StoreError.disputed where !isRenamed(form) {
        } catch StoreError.stale where !isRenamed(form) {
        } catch StoreError.noSuchRecord {
        } catch StoreError.badToken where isFromBefore(form) {
        }
    }

    /// A decision has seen what its page showed: nothing that came later, and of other open
    /// conflicts no side, which would close them unseen.
    func checkSeen(_ parents: [Reference], of slot: ConflictSlot, _ form: Form) throws {
        guard Set(parents).isSubset(of: form.there) else {
            throw machine.world.violation("a decision names what came after its page was opened")
        }
        let own = sides(of: slot, form)
        let foreign = form.shown.conflicts.filter { other in
            if case .group = other.slot { return false }
            return other.slot != slot
        }
        let unseen = ledger.ids(foreign.flatMap(\.sides).filter { !own.contains($0) })
        if unseen.isEmpty { return }
        let there = ledger.ids(Array(form.there))
        let model = RecordModel(
            record: ledger.id(form.shown.record),
            stored: ledger.entries(of: form.shown.record).map(\.act)
                .filter { there.contains($0.id) })
        for parent in parents where !own.contains(parent) {
            let id = ledger.id(parent)
            guard model.seen(by: id).union([id]).isDisjoint(with: unseen) else {
                throw machine.world.violation("a decision of \(slot.name) closes another conflict")
            }
        }
    }

    /// What was decided is closed, unless something that its page did not show takes part.
    func checkDecided(_ slot: ConflictSlot, _ form: Form) throws {
        let name = "\(ShortID(form.shown.record)).\(slot.name)"
        guard let open = try machine.store?.conflict(named: name)?.item else { return }
        guard !Set(open.sides.map(\.reference)).isSubset(of: sides(of: slot, form)) else {
            throw machine.world.violation("\(name) is open after its decision")
        }
    }

    private func sides(of slot: ConflictSlot, _ form: Form) -> Set<Reference> {
        var sides = Set(form.shown.conflicts.first { $0.slot == slot }?.sides ?? [])
        if case .group(let group) = slot {
            sides.formUnion(form.shown.group(group)?.siblings.map(\.reference) ?? [])
        }
        return sides
    }
}

extension RecordState {
    /// Whether a form of it looks the same.
    fileprivate func shows(asMuchAs other: RecordState) -> Bool {
        heads == other.heads && groups.map(\.group) == other.groups.map(\.group)
            && groups.map(\.siblings) == other.groups.map(\.siblings)
    }
}
