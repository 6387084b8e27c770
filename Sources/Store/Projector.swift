import Foundation
import GRDB
import Records
import SyncCore
import WireFormat

/// Turns stored changes into the projection, within one transaction: every change is added, then
/// each record that more than one change touched is folded once.
struct Projector {
    let db: Database
    let hub: NodeID
    private var touched: Set<ChangeKey> = []
    private var duplicates = DuplicateCheck()
    /// Some record's creation is missing, so a creation may be waited for.
    private var hasAbsent: Bool
    private var rules = TypeRules()
    private let records: RecordInsert

    init(_ db: Database, hub: NodeID) throws {
        self.db = db
        self.hub = hub
        records = try RecordInsert(db)
        hasAbsent =
            try Int.fetchOne(
                db.cachedStatement(sql: "SELECT 1 FROM record WHERE key < 0 LIMIT 1")) != nil
    }

    /// `logs`: with the change's own.
    mutating func add(_ change: Change, at key: ChangeKey, _ logs: LogTable) throws {
        switch change.record {
        case .creates(let type):
            try records.execute(
                key: key, type: type, prefix: change.hash.prefix, entry: change.entry)
            if hasAbsent, try adopt(key, change.reference) { return }
            if rules[type].needsFollowUp {
                let creation = try StoryTable.storyChange(
                    change.reference, entry: Array(change.entry), hub: hub)
                try followUp(key, .created(creation), [creation])
            }
        case .of(let record):
            let recordKey = try beginStory(of: record, logs)
            try StoryTable.insert(
                record: recordKey, key: key, prefix: change.hash.prefix, entry: change.entry, db)
            touched.insert(recordKey)
        }
    }

    mutating func finish(_ logs: LogTable) throws {
        for record in touched.sorted() { try fold(record, logs) }
        touched = []
        try duplicates.write(db, logs: logs)
    }

    // MARK: Rows

    /// The record's row, with its changes in `story` from now on.
    private mutating func beginStory(of record: Reference, _ logs: LogTable) throws -> ChangeKey {
        guard let row = try RecordTable.find(record, logs: logs, db) else {
            let key = ChangeKey.absent(record)
            if try RecordTable.row(key, db) == nil {
                try db.execute(
                    sql: """
                        INSERT INTO record (key, type, hash, has_story, state)
                        VALUES (?, '', ?, 1, ?)
                        """,
                    arguments: [
                        key.rawValue, Int64(bitPattern: record.prefix),
                        StateCodec.encode(
                            Story(record: record, changes: []).fold { _ in TypeRules.unknown }
                        ).blob,
                    ])
                hasAbsent = true
            }
            return key
        }
        if !row.hasStory {
            try StoryTable.insert(
                record: row.key, key: row.key, prefix: row.prefix, entry: row.state[...], db)
            // The state is folded anew at the end of the batch; only the mark matters until then.
            try db.cachedStatement(sql: "UPDATE record SET has_story = 1 WHERE key = ?").execute(
                arguments: [row.key.rawValue])
        }
        return row.key
    }

    /// Changes that came before their record's creation now belong to its row.
    private mutating func adopt(_ key: ChangeKey, _ record: Reference) throws -> Bool {
        let absent = ChangeKey.absent(record)
        guard try RecordTable.row(absent, db) != nil else { return false }
        guard let row = try RecordTable.row(key, db) else { return false }
        try StoryTable.insert(record: key, key: key, prefix: row.prefix, entry: row.state[...], db)
        for sql in [
            "UPDATE story SET record = ?1 WHERE record = ?2",
            "UPDATE waiting SET record = ?1 WHERE record = ?2",
            "UPDATE record SET has_story = 1 WHERE key = ?1 AND ?2 < 0",
            "DELETE FROM record WHERE key = ?2 AND ?1 > 0",
            "DELETE FROM conflict WHERE record = ?2 AND ?1 > 0",
        ] {
            try db.execute(sql: sql, arguments: [key.rawValue, absent.rawValue])
        }
        touched.remove(absent)
        touched.insert(key)
        return true
    }

    // MARK: Folding

    private mutating func fold(_ key: ChangeKey, _ logs: LogTable) throws {
        guard let row = try RecordTable.row(key, db) else { return }
        let rows = try StoryTable.rows(of: key, logs: logs, hub: hub, db)
        let record =
            key.isAbsent
            ? try StateCodec.decode(row.state).record : try logs.reference(key, prefix: row.prefix)
        let story = Story(record: record, changes: rows.map(\.change))
        let rules = rules
        var state = story.fold { rules[$0].merge }
        state = BrokenRules.added(to: state, story: story, rules: rules)
        try db.cachedStatement(sql: "UPDATE record SET type = ?, state = ? WHERE key = ?").execute(
            arguments: [state.type, StateCodec.encode(state).blob, key.rawValue])
        try WaitingTable.replace(record: key, state: state, rows: rows, db)
        try ConflictTable.replace(record: key, state: state, rows: rows, db)
        if rules[state.type].needsFollowUp { try followUp(key, state, story.changes) }
    }

    /// What follows from the state of a type that others look up by key or by name.
    private mutating func followUp(
        _ key: ChangeKey, _ state: RecordState, _ story: [StoryChange]
    ) throws {
        guard let type = Catalogue.type(named: state.type) else { return }
        if let field = type.naturalKey {
            try NaturalKeyTable.replace(
                record: key, type: type, field: field, state: state, db, &duplicates)
        }
        if !type.searchFields.isEmpty { try NameQueue.add(key, db) }
        if type.name == MemberTable.typeName, state.record.log.node == hub {
            try MemberTable.replace(record: key, state: state, story: story, db)
        }
    }
}

/// What merging asks of record types, looked up once for each name.
struct TypeRules: Sendable {
    struct Rules: Sendable {
        let merge: MergeRules
        let needsFollowUp: Bool
    }

    static let unknown = MergeRules(isConsequential: false)
    private let byName: [String: Rules]

    init() {
        byName = Dictionary(
            uniqueKeysWithValues: Catalogue.all.map { type in
                (
                    type.name,
                    Rules(
                        merge: type.mergeRules,
                        needsFollowUp: type.naturalKey != nil || !type.searchFields.isEmpty)
                )
            })
    }

    subscript(type: String) -> Rules {
        byName[type] ?? Rules(merge: Self.unknown, needsFollowUp: false)
    }
}
