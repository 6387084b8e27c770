import Records

/// Invariants 2 to 4 for one record: what the ledger says of it against what the hub stores.
///
/// The ledger knows what every author was shown as values on a screen, and this asks whether the
/// stored changes claim no more than that.
struct RecordAudit {
    let history: RecordHistory
    /// Everybody's, by mark.
    let attempts: [Int: Attempt]
    /// Those that were acknowledged as written to this record.
    let written: [Attempt]
    /// The hub's open conflicts: sides by name.
    let open: [String: Set<String>]

    func violations() -> [String] {
        var found: [String] = []
        var seen: Set<Int> = []
        for change in history.changes {
            guard let mark = change.mark, let attempt = attempts[mark] else {
                found.append("\(change.id): nobody wrote this: \(change.whole.text)")
                continue
            }
            if case .refused(let why) = attempt.outcome {
                found.append("\(change.id) is stored, its author was told \(why)")
            }
            if !seen.insert(mark).inserted, attempt.kind != .merge {
                found.append("\(change.id): attempt \(mark) is stored twice")
            }
            found += overwrites(change, by: attempt)
        }
        for attempt in written {
            guard let id = attempt.change else { continue }
            guard let change = history[id] else {
                found.append("\(id) of attempt \(attempt.mark) was acknowledged and is lost")
                continue
            }
            found += fate(of: change, attempt)
        }
        return found.map { "\(history.type) \(history.id): \($0)" }
    }

    /// Whose authors got no answer.
    var storedOfUnknownOutcome: Int {
        history.changes.count { change in
            if case .unknown = change.mark.flatMap({ attempts[$0] })?.outcome {
                true
            } else {
                false
            }
        }
    }

    /// Everything that a change replaces was shown to its author.
    private func overwrites(_ change: StoredChange, by attempt: Attempt) -> [String] {
        // What a merge replaces are other merges: its page named the records.
        if attempt.kind == .merge { return [] }
        return change.replaces.compactMap { id in
            guard let old = history[id] else { return "\(change.id) replaces \(id), unknown here" }
            let wasShown =
                attempt.shown.sides.contains(id)
                || change.groups.keys.contains { attempt.shown.includes(old, $0) }
            return wasShown ? nil : "\(change.id) replaces \(id), which its author never saw"
        }
    }

    /// Its value stands, or was replaced by somebody who saw it, or is a side of a listed conflict.
    private func fate(of change: StoredChange, _ attempt: Attempt) -> [String] {
        var found: [String] = []
        let written = Groups.of(attempt.fields, type: history.type)
        for (group, fields) in written {
            for (name, value) in fields.object ?? [:]
            where change.groups[group]?[name] != value
                && !attempt.shown.includes(name, value, in: group)
            {
                found.append("\(change.id) holds \(name) not as typed: \(change.whole.text)")
            }
        }
        for (group, value) in change.groups where !stands(change, group, value) {
            found.append("\(change.id): its \(group) is gone without trace: \(history.view.text)")
        }
        return found
    }

    private func stands(_ change: StoredChange, _ group: String, _ value: JSON) -> Bool {
        let isReplaced = history.replacing(change).contains { later in
            later.groups[group] != nil
                && later.mark.flatMap { attempts[$0] }?.shown.includes(change, group) ?? false
        }
        if isReplaced { return true }
        if let name = history.conflict(about: group), open[name]?.contains(change.id) ?? false {
            return true
        }
        return history.value(of: group) == value
    }
}

extension Shown {
    fileprivate func includes(_ change: StoredChange, _ group: String) -> Bool {
        guard let value = change.groups[group] else { return false }
        // By value, too: of two who wrote alike, a page may name one.
        return sides.contains(change.id) || values[group]?.contains(value) ?? false
    }

    /// What was typed as it stood already is no change.
    fileprivate func includes(_ field: String, _ value: JSON, in group: String) -> Bool {
        values[group]?.contains { $0[field] == value } ?? false
    }
}
