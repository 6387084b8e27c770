import GRDB
import Records
import SyncCore
import WireFormat

/// Natural keys of live records, in an ordered index, and the duplicates among them.
enum NaturalKeyTable {
    static func replace(
        record: ChangeKey, type: RecordType, field: FieldID, state: RecordState, _ db: Database,
        _ duplicates: inout DuplicateCheck
    ) throws {
        let before = try String.fetchAll(
            db.cachedStatement(sql: "SELECT value FROM natural_key WHERE type = ? AND record = ?"),
            arguments: [type.name, record.rawValue])
        let after = isAlive(state) ? values(of: field, state) : []
        for value in before where !after.contains(value) {
            try db.cachedStatement(
                sql: "DELETE FROM natural_key WHERE type = ? AND value = ? AND record = ?"
            ).execute(arguments: [type.name, value, record.rawValue])
        }
        let alias = Alias.target(of: state)?.description
        for value in after {
            try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO natural_key (type, value, record, alias)
                    VALUES (?, ?, ?, ?)
                    """
            ).execute(arguments: [type.name, value, record.rawValue, alias])
        }
        // Unchanged keys too: the record's name, shown with a duplicate, may have changed.
        for value in before + after { duplicates.note(type: type.name, value: value) }
    }

    /// Every sibling's value: a disputed key is compared by all of them.
    private static func values(of field: FieldID, _ state: RecordState) -> [String] {
        var values: Set<String> = []
        for group in state.groups where group.group >= ReservedGroup.firstDeclared {
            for sibling in group.siblings {
                for entry in StateValues.fields(sibling.value) where entry.key == field {
                    if case .text(let text) = entry.value { values.insert(text) }
                }
            }
        }
        return values.sorted()
    }

    /// Visible and not withdrawn.
    static func isAlive(_ state: RecordState) -> Bool {
        let life = state.group(ReservedGroup.life)
        let isWithdrawn =
            life.map { $0.siblings.allSatisfy { $0.value != LifeValue.alive } } ?? false
        return state.isVisible && !isWithdrawn
    }
}

/// The record that a duplicate was merged into.
public enum Alias {
    /// Nil when the record stands for itself, or when its sides disagree about it.
    public static func target(of state: RecordState) -> ShortID? {
        guard let bytes = state.group(ReservedGroup.alias)?.agreedValue else { return nil }
        for entry in StateValues.fields(bytes) where entry.key == ReservedGroup.field {
            if case .text(let text) = entry.value { return ShortID(text) }
        }
        return nil
    }

    public static func value(_ target: ShortID?) -> [UInt8] {
        ValueCodec.encode(
            group: [
                Value.Entry(ReservedGroup.field, target.map { .text($0.description) } ?? .null)
            ])
    }
}

/// Natural keys whose records changed in a batch: looked at once, at its end.
struct DuplicateCheck {
    private var keys: Set<Key> = []

    private struct Key: Hashable, Comparable {
        let type: String
        let value: String

        static func < (a: Key, b: Key) -> Bool { (a.type, a.value) < (b.type, b.value) }
    }

    mutating func note(type: String, value: String) { keys.insert(Key(type: type, value: value)) }

    mutating func write(_ db: Database, logs: LogTable) throws {
        for key in keys.sorted() {
            let slot = "duplicate.\(key.type).\(key.value)"
            try db.cachedStatement(sql: "DELETE FROM conflict WHERE record = 0 AND slot = ?")
                .execute(arguments: [slot])
            let rows = try standing(key, logs: logs, db)
            guard rows.count > 1 else { continue }
            let sides = try rows.map { try side($0, logs: logs, db) }
                .sorted { $0.reference < $1.reference }
            try ConflictTable.insert(
                record: ChangeKey(rawValue: 0), slot: slot,
                ConflictItem(
                    subject: .duplicate(type: key.type, key: key.value), kind: .duplicate,
                    type: key.type, title: key.value, base: nil, sides: sides), db)
        }
        keys = []
    }

    /// Records of a key that stand for themselves: not merged into another, or merged in a circle,
    /// which two offices can close without seeing each other and which must come back for review.
    private func standing(
        _ key: Key, logs: LogTable, _ db: Database
    ) throws -> [RecordTable.Row] {
        let found = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT record, alias FROM natural_key WHERE type = ? AND value = ?"),
            arguments: [key.type, key.value])
        guard found.count > 1 else { return [] }
        var rows: [String: RecordTable.Row] = [:]
        var aliases: [String: String] = [:]
        for entry in found {
            guard let row = try RecordTable.row(ChangeKey(rawValue: entry[0]), db) else { continue }
            let id = ShortID(try logs.reference(row.key, prefix: row.prefix)).description
            rows[id] = row
            aliases[id] = entry[1]
        }
        return rows.keys.sorted().filter { id in
            var seen: Set<String> = []
            var next = aliases[id]
            while let alias = next, seen.insert(alias).inserted {
                if alias == id { return true }
                next = aliases[alias]
            }
            return aliases[id] == nil
        }.compactMap { rows[$0] }
    }

    /// A record as a side: its creation, with the values that stand now.
    private func side(
        _ row: RecordTable.Row, logs: LogTable, _ db: Database
    ) throws -> ConflictSide {
        let reference = try logs.reference(row.key, prefix: row.prefix)
        let rows = try StoryTable.rows(of: row, logs: logs, hub: reference.log.node, db)
        guard let creation = rows.first(where: { $0.key == row.key }) else {
            throw StoreError.damaged("record \(reference) has no creation")
        }
        let state = try RecordTable.state(row, logs: logs, hub: reference.log.node)
        return ConflictSide(
            reference: reference, kind: .edit, author: creation.header.author,
            claimedTime: creation.header.claimedTime, reason: creation.reason,
            values: state.groups.map {
                GroupValue(group: $0.group, bytes: $0.siblings[0].value)
            })
    }
}
