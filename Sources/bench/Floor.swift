import Foundation
import GRDBSQLite
import Store
import SyncCore
import WireFormat

/// What the same disk and the same SQLite do without any of this program: the C API inserts each
/// change as two rows, a change and a state, with the columns and the indexes that the store has.
/// Keys in order of time, transactions of 2,000, a write-ahead log, every commit synced.
struct Floor {
    static let changesPerTransaction = 2_000

    struct Broken: Error { let message: String }

    /// Seconds.
    static func seconds(changes count: Int, in folder: String) throws -> Double {
        let entries = entries()
        let path = folder + "/floor.sqlite"
        defer {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        var database: OpaquePointer?
        try check(sqlite3_open(path, &database), database)
        defer { sqlite3_close(database) }
        for sql in [
            "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
            "CREATE TABLE change (key INTEGER PRIMARY KEY, hash BLOB NOT NULL, entry BLOB NOT NULL) STRICT",
            """
            CREATE TABLE state (key INTEGER PRIMARY KEY, type TEXT NOT NULL, hash INTEGER NOT NULL, \
            has_story INTEGER NOT NULL, state BLOB NOT NULL) STRICT
            """,
        ] { try check(sqlite3_exec(database, sql, nil, nil, nil), database) }
        let clock = ContinuousClock()
        let begun = clock.now
        let change = try prepare("INSERT INTO change VALUES (?, ?, ?)", database)
        let state = try prepare("INSERT INTO state VALUES (?, 'benchRecord', ?, 0, ?)", database)
        defer {
            sqlite3_finalize(change)
            sqlite3_finalize(state)
        }
        for first in stride(from: 0, to: count, by: changesPerTransaction) {
            try check(sqlite3_exec(database, "BEGIN IMMEDIATE", nil, nil, nil), database)
            for index in first..<min(first + changesPerTransaction, count) {
                let (hash, entry) = entries[index % entries.count]
                try hash.withUnsafeBytes { hash in
                    try entry.withUnsafeBytes { entry in
                        sqlite3_bind_int64(change, 1, Int64(index + 1))
                        bind(hash, change, 2)
                        bind(entry, change, 3)
                        try step(change, database)
                        sqlite3_bind_int64(state, 1, Int64(index + 1))
                        sqlite3_bind_int64(state, 2, Int64(index))
                        bind(entry, state, 3)
                        try step(state, database)
                    }
                }
            }
            try check(sqlite3_exec(database, "COMMIT", nil, nil, nil), database)
        }
        return (clock.now - begun) / .seconds(1)
    }

    /// Changes as the store keeps them, enough of them that the processor's caches do not help.
    private static func entries() -> [(hash: [UInt8], entry: [UInt8])] {
        (0..<10_000).map { index in
            let payload = Payload(
                schemaVersion: BenchRecord.schemaVersion, values: BenchRecord(index).values)
            let header = ChangeHeader(
                kind: .edit, record: .creates(type: BenchRecord.type),
                groups: payload.values.map { GroupEdit(group: $0.group, replaces: []) },
                author: "bench", claimedTime: 1_772_352_000_000)
            let entry = ChangeCodec.entry(
                headerBytes: ChangeCodec.encode(header),
                payloadBytes: ChangeCodec.encode(payload))
            return (Digest.sha256(entry).bytes, entry)
        }
    }

    // MARK: SQLite

    private static func prepare(_ sql: String, _ database: OpaquePointer?) throws -> OpaquePointer?
    {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(database, sql, -1, &statement, nil), database)
        return statement
    }

    /// For as long as the bytes live.
    private static func bind(
        _ bytes: UnsafeRawBufferPointer, _ statement: OpaquePointer?, _ index: Int32
    ) {
        sqlite3_bind_blob(statement, index, bytes.baseAddress, Int32(bytes.count), nil)
    }

    private static func step(_ statement: OpaquePointer?, _ database: OpaquePointer?) throws {
        let code = sqlite3_step(statement)
        try check(code == SQLITE_DONE ? SQLITE_OK : code, database)
        sqlite3_reset(statement)
    }

    private static func check(_ code: Int32, _ database: OpaquePointer?) throws {
        guard code == SQLITE_OK else {
            throw Broken(message: database.flatMap { String(cString: sqlite3_errmsg($0)) } ?? "?")
        }
    }
}
