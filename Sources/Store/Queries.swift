import Foundation
import GRDB
import Records
import SyncCore
import WireFormat

/// One page of a list, and where the next begins.
public struct Page<Element: Sendable>: Sendable {
    public let elements: [Element]
    /// Opaque; nil at the end.
    public let next: String?

    public init(elements: [Element], next: String?) {
        self.elements = elements
        self.next = next
    }
}

extension Store {
    func reading<T>(_ body: (RecordReader) throws -> T) throws -> T {
        let identity = identity
        return try read { db in
            try body(RecordReader(db: db, logs: try LogTable(db), identity: identity))
        }
    }

    // MARK: Records

    /// Visible records of a type in order of storage.
    public func records(
        ofType type: RecordType, scope: Scope? = nil, after cursor: String? = nil, limit: Int
    ) throws -> Page<StoredRecord> {
        try reading { reader in
            // Runs of the type's lane, so that a list of suppliers does not pass a million logs.
            let runs = reader.logs.runs.flatMap { log, runs in
                reader.logs.logs[log].map { log in
                    log.lane == type.lane && (scope == nil || scope == log.scope) ? runs : []
                } ?? []
            }.map(\.id).sorted()
            let start = try cursor.map(Self.key) ?? ChangeKey(rawValue: 0)
            var found: [StoredRecord] = []
            var last: ChangeKey?
            for run in runs where ChangeKey(run: run + 1, sequence: 0) > start {
                let rows = try Row.fetchCursor(
                    reader.db.cachedStatement(
                        sql: """
                            SELECT \(RecordTable.columns) FROM record
                            WHERE key > ? AND key <= ? AND type = ? ORDER BY key
                            """),
                    arguments: [
                        max(start, ChangeKey(run: run, sequence: 0)).rawValue,
                        ChangeKey(run: run, sequence: Limits.sequenceMax).rawValue, type.name,
                    ])
                while let row = try rows.next() {
                    let record = RecordTable.row(row)
                    if found.count == limit, let last {
                        return Page(elements: found, next: Self.cursor(last))
                    }
                    if let stored = try reader.stored(record) {
                        found.append(stored)
                        last = record.key
                    }
                }
            }
            return Page(elements: found, next: nil)
        }
    }

    /// Visible records of a type that this version does not know, in order of storage.
    public func records(
        ofUnknownType type: String, after cursor: String? = nil, limit: Int
    ) throws -> Page<StoredRecord> {
        try reading { reader in
            let rows = try Row.fetchCursor(
                reader.db.cachedStatement(
                    sql: """
                        SELECT \(RecordTable.columns) FROM record
                        WHERE key > ? AND type = ? ORDER BY key
                        """),
                arguments: [try cursor.map(Self.key)?.rawValue ?? 0, type])
            var found: [StoredRecord] = []
            var last: ChangeKey?
            while let row = try rows.next() {
                let record = RecordTable.row(row)
                if found.count == limit, let last {
                    return Page(elements: found, next: Self.cursor(last))
                }
                if let stored = try reader.stored(record) {
                    found.append(stored)
                    last = record.key
                }
            }
            return Page(elements: found, next: nil)
        }
    }

    /// Types of stored records that this version does not know. Looks at every record.
    public func unknownTypes() throws -> [String] {
        try read { db in
            try String.fetchAll(db, sql: "SELECT DISTINCT type FROM record WHERE key > 0")
                .filter { Catalogue.type(named: $0) == nil }.sorted()
        }
    }

    private static func cursor(_ key: ChangeKey) -> String {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt64(bitPattern: key.rawValue))
        return Base32.encode(bytes)
    }

    private static func key(_ cursor: String) throws -> ChangeKey {
        guard let bytes = Base32.decode(cursor), bytes.count == 8, bytes[0] < 0x80 else {
            throw StoreError.badCursor
        }
        return ChangeKey(rawValue: bytes.reduce(0) { $0 << 8 | Int64($1) })
    }

    /// By the id that people type. Follows no alias.
    public func record(_ id: ShortID) throws -> StoredRecord? {
        try reading { reader in
            try reader.row(id).flatMap(reader.stored)
        }
    }

    public func record(_ reference: Reference) throws -> StoredRecord? {
        try reading { try $0.record(reference) }
    }

    /// Live and merged records with this natural key.
    public func records(ofType type: RecordType, naturalKey: String) throws -> [StoredRecord] {
        try reading { reader in
            try Int64.fetchAll(
                reader.db,
                sql: "SELECT record FROM natural_key WHERE type = ? AND value = ? ORDER BY record",
                arguments: [type.name, naturalKey]
            ).compactMap { try RecordTable.row(ChangeKey(rawValue: $0), reader.db) }
                .compactMap(reader.stored)
        }
    }

    /// Records whose names contain each word of the text, from one character up.
    public func search(
        _ text: String, type: RecordType, after cursor: String? = nil, limit: Int
    ) throws -> Page<StoredRecord> {
        try indexNames()
        let start = try cursor.map(Self.key) ?? ChangeKey(rawValue: 0)
        return try reading { reader in
            let keys = try NameIndex.matches(
                text, type: type.name, after: start, limit: limit + 1, reader.db)
            let found = try keys.prefix(limit).compactMap { try RecordTable.row($0, reader.db) }
                .compactMap(reader.stored)
            return Page(
                elements: found, next: keys.count > limit ? Self.cursor(keys[limit - 1]) : nil)
        }
    }

    /// The record that stands for this one after merges of duplicates: a circle of merges
    /// resolves to its smallest id.
    public func resolvingAlias(_ record: StoredRecord) throws -> StoredRecord {
        var path = [record]
        while let target = Alias.target(of: path[path.count - 1].state),
            let next = try self.record(target)
        {
            if let start = path.firstIndex(where: { $0.id == next.id }) {
                return path[start...].min { $0.state.record < $1.state.record } ?? next
            }
            path.append(next)
        }
        return path[path.count - 1]
    }

    // MARK: History

    /// Every stored change of a record, held and waiting ones included, in order of storage.
    public func history(_ id: ShortID) throws -> [HistoryEntry]? {
        try reading { reader in
            guard let row = try reader.row(id) else { return nil }
            let state = try RecordTable.state(row, logs: reader.logs, hub: identity.hub)
            let held = Set(state.held)
            let waiting = Set(state.waiting)
            return try StoryTable.rows(
                of: row, logs: reader.logs, hub: identity.hub, reader.db
            ).map { row in
                let reference = row.change.reference
                return HistoryEntry(
                    side: ConflictTable.side(row), parents: row.change.parents,
                    replaces: row.change.groups, target: row.change.target,
                    standing: held.contains(reference)
                        ? .held : waiting.contains(reference) ? .waiting : .accepted)
            }
        }
    }

    /// Stored changes that wait for others, also of records that are not here yet. Ascending.
    public func waiting() throws -> [Reference] {
        try reading { reader in
            try Row.fetchAll(
                reader.db,
                sql: "SELECT key, hash FROM waiting JOIN story USING (record, key)"
            ).map { try reader.logs.reference(ChangeKey(rawValue: $0[0]), prefix: $0.prefix(1)) }
                .sorted()
        }
    }

    // MARK: Nodes

    public func member(_ node: NodeID) throws -> Member? {
        try read { try MemberTable.find(node, $0) }
    }

    /// All keys ever registered for a node whose registration has ended; empty for one that is
    /// registered and for one that never was. Who signs with such a key may be told that it was
    /// withdrawn: an outsider has none.
    public func formerMember(_ node: NodeID) throws -> [PublicKey] {
        try read { try MemberTable.formerKeys(of: node, $0) }
    }
}

/// One change in a record's history.
public struct HistoryEntry: Sendable {
    public enum Standing: String, Sendable { case accepted, held, waiting }

    public let side: ConflictSide
    public let parents: [Reference]
    public let replaces: [GroupEdit]
    public let target: Reference?
    public let standing: Standing
}

extension RecordReader {
    /// By short id; several matches in forked logs are told apart by nothing shorter.
    func row(_ id: ShortID) throws -> RecordTable.Row? {
        var found: RecordTable.Row?
        for log in logs.ids.keys where ShortID.hash(of: log) == id.logHash {
            for key in logs.candidates(log: log, sequence: id.sequence) {
                guard let row = try RecordTable.row(key, db),
                    UInt32(row.prefix >> 40) == id.hashPrefix
                else { continue }
                if found != nil { throw StoreError.ambiguousID }
                found = row
            }
        }
        return found
    }
}
