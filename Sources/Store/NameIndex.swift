import GRDB
import Records
import SyncCore

/// Records whose names wait to be indexed: full-text work follows behind, never inside `apply`.
enum NameQueue {
    static func add(_ record: ChangeKey, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO name_queue (record) VALUES (?)")
            .execute(arguments: [record.rawValue])
    }
}

/// Search of names by any two characters or more.
///
/// SQLite's trigram tokenizer finds nothing for a word of two Chinese characters. So each name
/// is stored as space-separated pairs of characters plus its last one, and a query is a phrase
/// of pairs; one character matches as a prefix.
enum NameIndex {
    static let batchRecords = 500

    /// Indexes some of the queue. Returns whether more is waiting.
    static func indexBatch(_ db: Database, logs: LogTable, hub: NodeID) throws -> Bool {
        let records = try Int64.fetchAll(
            db, sql: "SELECT record FROM name_queue ORDER BY record LIMIT \(batchRecords)")
        for record in records {
            try db.cachedStatement(sql: "DELETE FROM name_index WHERE rowid = ?").execute(
                arguments: [record])
            if let row = try RecordTable.row(ChangeKey(rawValue: record), db),
                let type = Catalogue.type(named: row.type)
            {
                let state = try RecordTable.state(row, logs: logs, hub: hub)
                let names = state.isVisible ? names(of: state, type) : []
                if !names.isEmpty {
                    try db.cachedStatement(
                        sql: "INSERT INTO name_index (rowid, pairs) VALUES (?, ?)"
                    ).execute(arguments: [record, names.map(pairs).joined(separator: " ␞ ")])
                }
            }
            try db.cachedStatement(sql: "DELETE FROM name_queue WHERE record = ?").execute(
                arguments: [record])
        }
        return records.count == batchRecords
    }

    /// Every sibling's names: a disputed name is found by each of its values.
    private static func names(of state: RecordState, _ type: RecordType) -> [String] {
        var names: [String] = []
        for group in state.groups where group.group >= ReservedGroup.firstDeclared {
            for sibling in group.siblings {
                for entry in StateValues.fields(sibling.value)
                where type.searchFields.contains(entry.key) {
                    switch entry.value {
                    case .text(let text): names.append(text)
                    case .list(let values):
                        for case .text(let text) in values { names.append(text) }
                    default: break
                    }
                }
            }
        }
        return names
    }

    static func matches(
        _ text: String, type: String, after start: ChangeKey, limit: Int, _ db: Database
    ) throws -> [ChangeKey] {
        let words = text.split(whereSeparator: \.isWhitespace).compactMap { phrase(String($0)) }
        guard !words.isEmpty else { return [] }
        return try Int64.fetchAll(
            db,
            sql: """
                SELECT name_index.rowid FROM name_index JOIN record ON key = name_index.rowid
                WHERE name_index MATCH ? AND type = ? AND name_index.rowid > ?
                ORDER BY name_index.rowid LIMIT ?
                """,
            arguments: [words.joined(separator: " AND "), type, start.rawValue, limit]
        ).map(ChangeKey.init(rawValue:))
    }

    private static func phrase(_ word: String) -> String? {
        let characters = folded(word)
        guard let first = characters.first else { return nil }
        if characters.count == 1 { return "\"\(first)\"*" }
        let pairs = zip(characters, characters.dropFirst()).map { "\($0)\($1)" }
        return "\"" + pairs.joined(separator: " ") + "\""
    }

    static func pairs(_ text: String) -> String {
        let characters = folded(text)
        guard let last = characters.last else { return "" }
        let pairs = zip(characters, characters.dropFirst()).map { "\($0)\($1)" }
        return (pairs + [String(last)]).joined(separator: " ")
    }

    /// Letters and digits only, lower case, full-width forms as ASCII: for search, never compared
    /// between nodes.
    private static func folded(_ text: String) -> [Character] {
        text.unicodeScalars.compactMap { scalar -> Character? in
            let value = scalar.value
            let narrow =
                (0xFF01...0xFF5E).contains(value)
                ? Unicode.Scalar(value - 0xFEE0) ?? scalar : scalar
            guard narrow.properties.isAlphabetic || narrow.properties.numericType != nil else {
                return nil
            }
            return Character(narrow.properties.lowercaseMapping)
        }
    }
}
