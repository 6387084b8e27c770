/// Somebody opens the database with another tool while the node runs.
import GRDB
import SyncCore
import Testing

@testable import Store

@Suite struct BusyTests {
    let folder = try! TemporaryFolder()

    /// Keeps transactions open, as people do who forget a COMMIT.
    private func otherTool() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: folder.database, configuration: configuration)
    }

    private func isBusy(_ error: any Error) -> Bool {
        if case StoreError.busy = error { true } else { false }
    }

    @Test func `A write that meets a lock is refused, writes nothing and works afterwards`() throws
    {
        let owned = try DataFolder(path: folder.path, busySeconds: 0.02)
        try Store.create(Province.county(1), in: owned)
        let store = try Store(folder: owned)
        _ = try store.newSupplier("甲公司")
        let other = try otherTool()
        try other.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        #expect { try store.newSupplier("乙公司") } throws: { isBusy($0) }
        #expect { try store.sealTail() } throws: { isBusy($0) }
        // A write-ahead log lets readers go on.
        #expect(try store.status().changes == 1)
        try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
        try other.close()
        _ = try store.newSupplier("乙公司")
        #expect(try store.status().changes == 2)
        #expect(try store.verify().problems == [])
    }

    @Test func `A node does not start on a database that is locked`() throws {
        let owned = try DataFolder(path: folder.path, busySeconds: 0.02)
        try Store.create(Province.county(1), in: owned)
        let other = try otherTool()
        try other.inDatabase { db in
            try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
            try db.execute(sql: "CREATE TABLE held (id INTEGER PRIMARY KEY)")
        }
        #expect { try Store(folder: owned) } throws: { isBusy($0) }
        try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
        try other.close()
        #expect(try Store(folder: owned).identity.node == Province.county(1).node)
    }
}
