import GRDB
import SyncCore
import WireFormat

/// Reads records within one transaction.
struct RecordReader {
    let db: Database
    let logs: LogTable
    let identity: Identity

    init(db: Database, logs: LogTable, identity: Identity) {
        self.db = db
        self.logs = logs
        self.identity = identity
    }

    func record(_ reference: Reference) throws -> StoredRecord? {
        guard let row = try RecordTable.find(reference, logs: logs, db) else { return nil }
        return try stored(row)
    }

    /// Visible records only: a held or incomplete one is listed elsewhere.
    func stored(_ row: RecordTable.Row) throws -> StoredRecord? {
        let state = try RecordTable.state(row, logs: logs, hub: identity.hub)
        guard state.isVisible else { return nil }
        let (header, payload): (ChangeHeader, Payload)
        if row.hasStory {
            guard
                let entry = try Row.fetchOne(
                    db.cachedStatement(
                        sql: "SELECT entry FROM story WHERE record = ?1 AND key = ?1"),
                    arguments: [row.key.rawValue])
            else { throw StoreError.damaged("record \(state.record) has no creation") }
            (header, payload) = try ChangeCodec.decode(entry: entry.bytes(0))
        } else {
            (header, payload) = try ChangeCodec.decode(entry: row.state)
        }
        return StoredRecord(
            state: state, token: try token(ShownContext(of: state), row: row).text,
            created: ChangeInfo(
                reference: state.record, kind: header.kind, author: header.author,
                claimedTime: header.claimedTime, reason: payload.reason))
    }

    // MARK: Contexts

    func token(_ context: ShownContext, row: RecordTable.Row) throws -> HeadToken {
        let keys = try keys(row)
        return try HeadToken(context, record: row.key, identity: identity) { reference in
            guard let key = keys[reference] else {
                throw StoreError.damaged("\(reference) is a head but not in its record's story")
            }
            return key
        }
    }

    private func keys(_ row: RecordTable.Row) throws -> [Reference: ChangeKey] {
        guard row.hasStory else {
            return [try logs.reference(row.key, prefix: row.prefix): row.key]
        }
        var keys: [Reference: ChangeKey] = [:]
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT key, hash FROM story WHERE record = ?"),
            arguments: [row.key.rawValue])
        while let story = try rows.next() {
            let key = ChangeKey(rawValue: story[0])
            keys[try logs.reference(key, prefix: story.prefix(1))] = key
        }
        return keys
    }

    /// What a decision on one slot was shown: its sides, and of values only the slot's.
    static func context(
        of slot: ConflictSlot, _ state: RecordState, rows: [StoryTable.Row]
    ) -> ShownContext {
        let story = Story(record: state.record, changes: rows.map(\.change))
        let groups = ShownContext(of: state).groups
        return ShownContext(
            heads: story.heads(shownFor: slot, in: state),
            groups: groups.filter { edit in
                switch slot {
                case .group(let group): edit.group == group
                case .life: edit.group == ReservedGroup.life
                case .parallel, .rule: true
                }
            })
    }

    /// The context that an edit names, checked against how the record stands now.
    func context(
        _ basis: Edit.Basis, row: RecordTable.Row, rows: [StoryTable.Row], state: RecordState
    ) throws -> ShownContext {
        let references = Dictionary(
            uniqueKeysWithValues: rows.map { ($0.key, $0.change.reference) })
        func shown(_ token: String) throws -> ShownContext {
            let token = try HeadToken(text: token, identity: identity)
            guard let context = token.context(record: row.key, referenceOf: { references[$0] })
            else {
                throw StoreError.badToken
            }
            return context
        }
        func now() throws -> StoredRecord {
            guard let stored = try stored(row) else { throw StoreError.noSuchRecord }
            return stored
        }
        switch basis {
        case .nothing: return ShownContext(heads: [], groups: [])
        case .keepBoth(let token): return try shown(token)
        case .token(let token):
            let context = try shown(token)
            guard context == ShownContext(of: state) else { throw StoreError.stale(try now()) }
            return context
        case .conflict(let slot, let token):
            let context = try shown(token)
            let current = Self.context(of: slot, state, rows: rows)
            guard state.conflicts.contains(where: { $0.slot == slot }),
                context.groups == current.groups
            else { throw StoreError.conflictMoved(try now()) }
            // Sides without a value of their own, such as concurrent edits, are among the heads.
            if case .group = slot { return context }
            guard context == current else { throw StoreError.conflictMoved(try now()) }
            return context
        case .group(let group, let token):
            guard try shown(token) == ShownContext(of: state) else {
                throw StoreError.stale(try now())
            }
            return Self.context(of: .group(group), state, rows: rows)
        }
    }
}
