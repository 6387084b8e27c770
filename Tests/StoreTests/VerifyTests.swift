/// `verify` finds what was changed behind the node's back, and finds nothing on a sound store.
import Foundation
import GRDB
import Records
import SyncCore
import Testing

@testable import Store

@Suite struct VerifyTests {
    let province: Province
    let county: Node
    let record: Reference

    /// A county with sealed segments, receipts, a conflict, and an open tail.
    init() throws {
        province = try Province(counties: 2)
        county = province.counties[0]
        record = try county.store.newSupplier("甲公司", code: 1)
        _ = try county.store.newLog("一号楼")
        try province.settle()
        try county.store.rename(record, "乙公司")
        try province.counties[1].store.rename(record, "丙公司")
        try province.settle()
        _ = try county.store.newSupplier("丁公司")
        _ = try county.store.newSupplier("戊公司")
    }

    func tamper(_ sql: String) throws {
        try county.store.writer.write { try $0.execute(sql: sql) }
    }

    /// Any check may object, but none may crash or be silent.
    func expectProblem(after sql: String) throws {
        try tamper(sql)
        let verification = try county.store.verify()
        #expect(!verification.isSound, "\(sql)")
    }

    @Test func `A sound store with a tail, receipts and a conflict`() throws {
        let found = try county.store.verify()
        #expect(found.problems == [])
        #expect(found.receipts > 0)
        #expect(found.segments > 0 && found.signatures == found.segments)
        #expect(found.changes == (try county.store.status().changes))
        #expect(try county.store.status().unsealed == 2)
    }

    @Test func `A segment of another branch, signed by the same node, in the place of one`() throws
    {
        let store = county.store
        let twin = try county.clone(seed: 79)
        for (node, sites) in [(county, ["二号楼", "三号楼"]), (twin, ["四号楼"])] {
            for site in sites {
                _ = try node.store.newLog(site)
                try node.store.sealTail()
            }
        }
        let log = try #require(store.status().logs.map(\.log).first { $0.lane == .events })
        let other = try #require(twin.store.segments(of: log).last)
        try store.writer.write { db in
            let run = try #require(LogTable(db).tree(of: log)?.runs.first)
            let place = ChangeKey(run: run.id, sequence: other.lastSequence)
            try db.execute(
                sql: "UPDATE segment SET last_hash = ?, encoded = ? WHERE key = ?",
                arguments: [other.lastHash.bytes.blob, other.encoded.blob, place.rawValue])
            #expect(db.changesCount == 1)
        }
        #expect(try store.verify().problems.contains { $0.contains("the chain breaks before") })
    }

    @Test(arguments: [60, 120, 200, 250])
    func `A byte of a segment`(_ place: Int) throws {
        let all = try county.store.writer.read { db in
            try Row.fetchAll(db, sql: "SELECT key, encoded FROM segment")
        }
        for row in all {
            var bytes = row.bytes(1)
            guard place < bytes.count else { continue }
            bytes[place] ^= 1
            let key: Int64 = row[0]
            try county.store.writer.write { db in
                try db.execute(
                    sql: "UPDATE segment SET encoded = ? WHERE key = ?",
                    arguments: [bytes.blob, key])
            }
            #expect(try !county.store.verify().isSound, "byte \(place) of \(key)")
            bytes[place] ^= 1
            try county.store.writer.write { db in
                try db.execute(
                    sql: "UPDATE segment SET encoded = ? WHERE key = ?",
                    arguments: [bytes.blob, key])
            }
        }
        #expect(try county.store.verify().isSound)
    }

    @Test(arguments: [
        "DELETE FROM segment WHERE key = (SELECT min(key) FROM segment)",
        "DELETE FROM segment WHERE key = (SELECT max(key) FROM segment)",
        "DELETE FROM tail WHERE key = (SELECT min(key) FROM tail)",
        "DELETE FROM tail WHERE key = (SELECT max(key) FROM tail)",
        "UPDATE tail SET entry = CAST(substr(entry, 1, 20) || 'x' || substr(entry, 22) AS BLOB)",
        "UPDATE tail SET hash = zeroblob(32)",
        "DELETE FROM salt", "UPDATE salt SET secret = zeroblob(16)",
        "UPDATE run SET last_hash = zeroblob(32)", "UPDATE run SET last_sequence = 1",
        "UPDATE receipt SET signature = zeroblob(64)", "UPDATE receipt SET hash = zeroblob(32)",
        "UPDATE receipt SET sequence = sequence + 1",
        "UPDATE record SET state = zeroblob(9) WHERE has_story = 0", "DELETE FROM story",
        "DELETE FROM record WHERE key = (SELECT max(key) FROM record)",
        "DELETE FROM conflict", "UPDATE conflict SET kind = 3",
        "UPDATE natural_key SET value = 'x'", "DELETE FROM member",
        "UPDATE member SET scopes = 'province'",
        "INSERT INTO waiting (key, record) VALUES (1, 1)",
    ])
    func `A row that was changed`(_ sql: String) throws { try expectProblem(after: sql) }

    @Test func `A rebuild mends the projection, not history`() throws {
        let before = try county.store.projection()
        try tamper("DELETE FROM story; DELETE FROM conflict; DELETE FROM natural_key")
        #expect(try county.store.rebuild() == false)
        #expect(try county.store.projection() == before)
        #expect(try county.store.verify().problems == [])
    }

    /// Incarnations are random, so half of them do not fit a signed integer.
    @Test func `An open tail under any incarnation can be read again`() throws {
        let low = Province.county(1)
        let high = Identity(
            node: low.node, role: low.role, division: low.division, incarnation: .max,
            key: low.key, hub: low.hub, hubKey: low.hubKey, hubAddress: low.hubAddress)
        let store = try Node(high, in: InMemoryDatabase(), seed: 1).store
        let record = try store.newSupplier("甲公司")
        try store.rename(record, "乙公司")
        #expect(try store.verify().problems == [])
        #expect(try store.rebuild())
    }

    @Test func `Bytes flipped in the file after it was closed`() throws {
        let folder = try TemporaryFolder()
        let owned = try DataFolder(path: folder.path)
        try Store.create(Province.county(1), in: owned)
        let first = try Store(folder: owned)
        for index in 0..<5 { _ = try first.newSupplier("公司\(index)") }
        try first.sealTail()
        #expect(try first.verify().problems == [])
        try first.close()
        try folder.tamper("UPDATE segment SET encoded = substr(encoded, 1, length(encoded) - 9)")
        let again = try Store(folder: owned)
        #expect(try !again.verify().isSound)
    }
}
