import GRDB
import GRDBSQLite
import SyncCore

/// The one insert that a catch-up makes for every change. Bound through SQLite's own functions: GRDB
/// would copy each entry twice, and that is half of what the insert costs.
struct RecordInsert {
    private let statement: Statement

    init(_ db: Database) throws {
        statement = try db.cachedStatement(
            sql: "INSERT INTO record (key, type, hash, has_story, state) VALUES (?, ?, ?, 0, ?)")
    }

    /// `entry`: of the creating change.
    func execute(key: ChangeKey, type: String, prefix: UInt64, entry: ArraySlice<UInt8>) throws {
        let statement = statement.sqliteStatement
        var type = type
        // What is bound lives until the bindings are cleared.
        let code = type.withUTF8 { type in
            entry.withUnsafeBytes { entry in
                sqlite3_bind_int64(statement, 1, key.rawValue)
                type.withMemoryRebound(to: CChar.self) { type in
                    _ = sqlite3_bind_text(
                        statement, 2, type.baseAddress, Int32(type.count), nil)
                }
                sqlite3_bind_int64(statement, 3, Int64(bitPattern: prefix))
                sqlite3_bind_blob(statement, 4, entry.baseAddress, Int32(entry.count), nil)
                let code = sqlite3_step(statement)
                sqlite3_reset(statement)
                sqlite3_clear_bindings(statement)
                return code
            }
        }
        guard code == SQLITE_DONE else {
            let connection = sqlite3_db_handle(statement)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
                message: sqlite3_errmsg(connection).map { String(cString: $0) },
                sql: self.statement.sql)
        }
    }
}
