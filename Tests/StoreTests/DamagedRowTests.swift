/// Rows that contradict themselves or each other are told as damage by whoever reads them: nothing
/// is made up, and nothing ends the process.
import Foundation
import GRDB
import Records
import SyncCore
import Testing

@testable import Store

@Suite struct DamagedRowTests {
    let province: Province
    let county: Node
    let record: Reference

    /// A county with sealed segments, a conflict, and an open tail.
    init() throws {
        province = try Province(counties: 2)
        county = province.counties[0]
        record = try county.store.newSupplier("甲公司", code: 1)
        try province.settle()
        try county.store.rename(record, "乙公司")
        try province.counties[1].store.rename(record, "丙公司")
        try province.settle()
        _ = try county.store.newSupplier("丁公司")
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let sql: String
        let reader: String
        let read: @Sendable (DamagedRowTests) throws -> Void

        init(
            _ sql: String, _ reader: String,
            _ read: @escaping @Sendable (DamagedRowTests) throws -> Void
        ) {
            (self.sql, self.reader, self.read) = (sql, reader, read)
        }

        var testDescription: String { "\(reader) after \(sql)" }
    }

    static let cases = [
        Case("UPDATE tail SET hash = x'00'", "sealing") { try $0.county.store.sealTail() },
        Case("UPDATE salt SET secret = x'00'", "an edit") {
            _ = try $0.county.store.newSupplier("戊公司")
        },
        Case("DELETE FROM segment WHERE key >> 40 IN (SELECT key >> 40 FROM tail)", "sealing") {
            try $0.county.store.sealTail()
        },
        Case("UPDATE run SET first_sequence = last_sequence + 1", "the status") {
            _ = try $0.county.store.status()
        },
        Case("UPDATE run SET log = 999", "sealing") { try $0.county.store.sealTail() },
        Case("UPDATE conflict SET slot = 'nothing'", "the list") {
            _ = try $0.county.store.conflicts(limit: 9)
        },
        Case("UPDATE conflict SET kind = 99", "the list") {
            _ = try $0.county.store.conflicts(limit: 9)
        },
        Case("DELETE FROM story WHERE key <> record", "a record") {
            _ = try $0.county.store.record($0.record)
        },
        Case("DELETE FROM story WHERE key = record", "a record of the same code") {
            _ = try $0.county.store.newSupplier("己公司", code: 1)
        },
    ]

    @Test(arguments: cases)
    func `What was read is told as damage`(_ damage: Case) throws {
        try county.store.writer.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; \(damage.sql)")
            #expect(db.changesCount > 0)
        }
        #expect {
            try damage.read(self)
        } throws: { error in
            if case StoreError.damaged = error { true } else { false }
        }
        #expect(try !county.store.verify().isSound)
    }

    @Test func `No byte of a conflict's row ends the process`() throws {
        let sound = try county.store.writer.read { db in
            try Data.fetchOne(db, sql: "SELECT detail FROM conflict")
        }
        for index in try #require(sound).indices {
            for bit in 0..<8 {
                var detail = try #require(sound)
                detail[index] ^= 1 << bit
                try county.store.writer.write { db in
                    try db.execute(sql: "UPDATE conflict SET detail = ?", arguments: [detail])
                }
                // Told, or shown as it stands.
                _ = try? county.store.conflicts(limit: 9)
            }
            #expect(try !county.store.verify().isSound)
        }
    }

    @Test func `A change that is in no segment`() throws {
        let store = county.store
        #expect(throws: StoreError.self) {
            try store.read { db in
                let run = try #require(LogTable(db).tree(of: record.log)?.runs.first)
                _ = try SegmentTable.hash(run: run.id, sequence: 999, db)
            }
        }
    }
}
