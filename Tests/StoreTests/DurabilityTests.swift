/// Files on disk: one owner, durable commits, nothing lost between two processes.
import Foundation
import GRDB
import Records
import SyncCore
import Testing

@testable import Store

/// A folder that goes away with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "creditsync-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var database: String { path + "/node.sqlite" }

    /// Another program changes the database behind the node's back.
    func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: database)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }
}

@Suite struct DurabilityTests {
    let folder = try! TemporaryFolder()

    func created() throws -> Store {
        let owned = try DataFolder(path: folder.path)
        try Store.create(Province.county(1), in: owned)
        return try Store(folder: owned)
    }

    @Test func `The writer syncs every commit to disk`() throws {
        let store = try created()
        let (level, mode, map) = try store.writer.writeWithoutTransaction { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA synchronous"),
                try String.fetchOne(db, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(db, sql: "PRAGMA mmap_size")
            )
        }
        #expect(level == 2)
        #expect(mode == "wal")
        #expect(map ?? 0 == 0)
    }

    @Test func `A second owner of the folder is turned away`() throws {
        let store = try created()
        #expect {
            try DataFolder(path: folder.path)
        } throws: { error in
            if case StoreError.locked(folder.path) = error { true } else { false }
        }
        try store.close()
    }

    @Test func `The lock goes with its owner`() throws {
        for _ in 0..<2 { _ = try DataFolder(path: folder.path) }
    }

    @Test func `A folder without a node, or with one already, is told apart`() throws {
        let owned = try DataFolder(path: folder.path)
        #expect {
            try Store(folder: owned)
        } throws: { error in
            if case StoreError.notInitialised = error { true } else { false }
        }
        try Store.create(Province.county(1), in: owned)
        #expect {
            try Store.create(Province.county(2), in: owned)
        } throws: { error in
            if case StoreError.alreadyInitialised = error { true } else { false }
        }
        #expect(try Store(folder: owned).identity.node == Province.county(1).node)
    }

    @Test func `A foreign database is refused and left as it was`() throws {
        try folder.tamper("CREATE TABLE account (id INTEGER PRIMARY KEY)")
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.database))
        #expect {
            try Store(folder: DataFolder(path: folder.path))
        } throws: { error in
            if case StoreError.foreign = error { true } else { false }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == before)
    }

    @Test func `A database of a newer version is refused`() throws {
        try created().close()
        try folder.tamper("INSERT INTO grdb_migrations (identifier) VALUES ('99')")
        #expect {
            try Store(folder: DataFolder(path: folder.path))
        } throws: { error in
            if case StoreError.foreign = error { true } else { false }
        }
    }

    @Test func `Opening again finds everything`() throws {
        var store: Store? = try created()
        let record = try #require(try store?.newSupplier("甲公司", code: 1))
        try store?.rename(record, "乙公司")
        let before = try store?.projection()
        let token = try #require(try store?.shown(record).token)
        try store?.close()
        store = nil
        let again = try Store(folder: DataFolder(path: folder.path))
        #expect(try again.projection() == before)
        #expect(try again.names(record) == ["乙公司"])
        try again.rename(record, "丙公司", basis: .token(token))
        #expect(try again.verify().problems == [])
    }

    @Test func `A process that ends without closing loses nothing`() throws {
        let store = try created()
        let record = try store.newSupplier("甲公司", code: 1)
        // What a power cut leaves: the files as they are now.
        let copy = try TemporaryFolder()
        for name in ["node.sqlite", "node.sqlite-wal"] {
            try FileManager.default.copyItem(
                atPath: folder.path + "/" + name, toPath: copy.path + "/" + name)
        }
        let after = try Store(folder: DataFolder(path: copy.path))
        #expect(try after.names(record) == ["甲公司"])
        #expect(try after.verify().problems == [])
    }
}
