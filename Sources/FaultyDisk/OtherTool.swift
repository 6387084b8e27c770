import GRDBSQLite

/// Somebody who opened a database with another tool and keeps it locked.
public final class OtherTool {
    private var connection: OpaquePointer?

    /// Nil where the lock is not to be had.
    public init?(locking path: String) {
        guard sqlite3_open(path, &connection) == SQLITE_OK,
            sqlite3_exec(connection, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK
        else { return nil }
    }

    /// Nothing was written.
    deinit {
        sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
        sqlite3_close_v2(connection)
    }
}
