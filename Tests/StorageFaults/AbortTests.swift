/// A failure that goes unnoticed within a transaction.
import FaultyDisk
import GRDB
import Testing

@testable import Store

@Suite struct StorageFaultAbortTests {
    /// SQLite gives the transaction up when a read fails, and says so only to the next statement.
    @Test func `A transaction that SQLite gave up is of unknown outcome`() throws {
        let machine = try Machine()
        let store = try machine.create(Province.county(1))
        for index in 0..<300 { try store.newSupplier("公司\(index)") }
        let contents = machine.disk.contents
        for statement in ["", "UPDATE tail SET hash = hash"] {
            try machine.boot(with: contents)
            let opened = try machine.open()
            #expect {
                try opened.write { db in
                    machine.disk.plan(DiskFault(.readError, at: 1))
                    let rows = try? Row.fetchAll(db, sql: "SELECT * FROM story, record")
                    #expect(rows == nil && machine.disk.hasFired)
                    try db.execute(sql: statement)
                }
            } throws: { error in
                guard case StoreError.outcomeUnknown(let why) = error else { return false }
                return why.contains("SQLite error 4")
            }
            machine.disk.plan(nil)
            #expect(try opened.verify().problems == [])
        }
    }
}
