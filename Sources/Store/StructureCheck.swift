import GRDB

/// What SQLite says of its own file, and whether the tables are those that this version makes.
/// Where this finds something, rows may hold anything: nothing else is read then.
enum StructureCheck {
    static func problems(_ db: Database) throws -> [String] {
        try namingCorruption {
            let problems = try integrity(db, "")
            if !problems.isEmpty { return problems }
            let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { row in
                "a row of \(row[0] as String) names a log that is not there"
            }
            return try tablesThatDiffer(db) + orphans
        }
    }

    /// Of the tables that a rebuild reads.
    static func problemsOfHistory(_ db: Database) throws -> [String] {
        try namingCorruption {
            try ["log", "run", "segment", "tail", "salt", "receipt"].flatMap { table in
                try integrity(db, "(\(table))")
            }
        }
    }

    /// Not the quick check: that believes an index without looking into its table.
    private static func integrity(_ db: Database, _ table: String) throws -> [String] {
        let found = try String.fetchAll(db, sql: "PRAGMA integrity_check\(table)")
        return found == ["ok"] ? [] : ["SQLite: " + found.joined(separator: "; ")]
    }

    private static func namingCorruption(_ check: () throws -> [String]) throws -> [String] {
        do { return try check() } catch let error as DatabaseError
            where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB
        {
            return ["SQLite: \(error)"]
        }
    }

    /// A bit that flips in a table's declaration gives its columns other names or other rules.
    private static func tablesThatDiffer(_ db: Database) throws -> [String] {
        let expected = try expected.get()
        let found = try declarations(db)
        return Set(expected.keys).union(found.keys).sorted().filter { expected[$0] != found[$0] }
            .map { "the table \($0) is not declared as this version declares it" }
    }

    /// As a new database has them; made once, for each takes the migrations.
    private static let expected = Result {
        let fresh = try DatabaseQueue()
        try Schema.migrator.migrate(fresh)
        return try fresh.read(declarations)
    }

    /// Quoted, so that a blob is not taken for the text that it spells.
    private static func declarations(_ db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT CAST(name AS TEXT), quote(name) || quote(type) || quote(tbl_name) || quote(sql)
                FROM sqlite_schema
                """)
        return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }
}
