import GRDB
import SyncCore
import WireFormat

/// One row for each record.
enum RecordTable {
    struct Row: Sendable {
        let key: ChangeKey
        let type: String
        let prefix: UInt64
        let hasStory: Bool
        /// The creating change's entry, or the folded state.
        let state: [UInt8]
    }

    static let columns = "key, type, hash, has_story, state"

    static func row(_ row: GRDB.Row) -> Row {
        Row(
            key: ChangeKey(rawValue: row[0]), type: row[1], prefix: row.prefix(2),
            hasStory: row[3], state: row.bytes(4))
    }

    static func row(_ key: ChangeKey, _ db: Database) throws -> Row? {
        try GRDB.Row.fetchOne(
            db.cachedStatement(sql: "SELECT \(columns) FROM record WHERE key = ?"),
            arguments: [key.rawValue]
        ).map(row)
    }

    /// By its full reference: a forked log may hold several changes at one place.
    static func find(_ record: Reference, logs: LogTable, _ db: Database) throws -> Row? {
        for key in logs.candidates(log: record.log, sequence: record.sequence) {
            if let row = try row(key, db), row.prefix == record.prefix { return row }
        }
        return nil
    }

    static func state(_ row: Row, logs: LogTable, hub: NodeID) throws -> RecordState {
        if row.hasStory { return try StateCodec.decode(row.state) }
        let reference = try logs.reference(row.key, prefix: row.prefix)
        return .created(try StoryTable.storyChange(reference, entry: row.state, hub: hub))
    }
}

/// The changes of records that have more than one.
enum StoryTable {
    struct Row: Sendable {
        let key: ChangeKey
        let change: StoryChange
        let header: ChangeHeader
        let reason: String?
    }

    static func insert(
        record: ChangeKey, key: ChangeKey, prefix: UInt64, entry: ArraySlice<UInt8>, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: "INSERT INTO story (record, key, hash, entry) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [
            record.rawValue, key.rawValue, Int64(bitPattern: prefix), entry.blob,
        ])
    }

    static func rows(
        of record: ChangeKey, logs: LogTable, hub: NodeID, _ db: Database
    ) throws -> [Row] {
        try GRDB.Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT key, hash, entry FROM story WHERE record = ? ORDER BY key"),
            arguments: [record.rawValue]
        ).map { row in
            let key = ChangeKey(rawValue: row[0])
            return try self.row(
                key, reference: logs.reference(key, prefix: row.prefix(1)), entry: row.bytes(2),
                hub: hub)
        }
    }

    /// The story of any record, of one change or of many.
    static func rows(
        of record: RecordTable.Row, logs: LogTable, hub: NodeID, _ db: Database
    ) throws -> [Row] {
        if record.hasStory { return try rows(of: record.key, logs: logs, hub: hub, db) }
        let reference = try logs.reference(record.key, prefix: record.prefix)
        return [try row(record.key, reference: reference, entry: record.state, hub: hub)]
    }

    private static func row(
        _ key: ChangeKey, reference: Reference, entry: [UInt8], hub: NodeID
    ) throws -> Row {
        let (header, payload) = try ChangeCodec.decode(entry: entry)
        return Row(
            key: key, change: storyChange(reference, header, payload, hub: hub), header: header,
            reason: payload.reason)
    }

    static func storyChange(
        _ reference: Reference, entry: [UInt8], hub: NodeID
    ) throws -> StoryChange {
        let (header, payload) = try ChangeCodec.decode(entry: entry)
        return storyChange(reference, header, payload, hub: hub)
    }

    private static func storyChange(
        _ reference: Reference, _ header: ChangeHeader, _ payload: Payload, hub: NodeID
    ) -> StoryChange {
        let creates: String? = if case .creates(let type) = header.record { type } else { nil }
        return StoryChange(
            reference: reference, kind: header.kind, parents: header.parents,
            groups: header.groups, values: payload.values, target: header.target,
            holds: header.kind == .verdict && VerdictValue.holds(payload) == true,
            isAuthoritative: reference.log.node == hub, creates: creates)
    }
}

/// Stored changes that do not take part yet.
enum WaitingTable {
    static func replace(
        record: ChangeKey, state: RecordState, rows: [StoryTable.Row], _ db: Database
    ) throws {
        try db.cachedStatement(sql: "DELETE FROM waiting WHERE record = ?").execute(
            arguments: [record.rawValue])
        guard !state.waiting.isEmpty else { return }
        let waiting = Set(state.waiting)
        for row in rows where waiting.contains(row.change.reference) {
            try db.execute(
                sql: "INSERT INTO waiting (key, record) VALUES (?, ?)",
                arguments: [row.key.rawValue, record.rawValue])
        }
    }
}
