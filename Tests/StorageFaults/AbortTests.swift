/// Failures within a transaction, and at its commit.
import FaultyDisk
import GRDB
import Testing

@testable import Store

@Suite struct StorageFaultAbortTests {
    /// SQLite gives the transaction up when a read fails, and says so only to the next statement.
    @Test func `A transaction that SQLite gave up is not stored`() throws {
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
                guard case StoreError.notStored(let why) = error else { return false }
                return why.contains("SQLite error 4")
            }
            machine.disk.plan(nil)
            #expect(try opened.verify().problems == [])
        }
    }

    /// SQLite shows nothing of a commit whose sync failed, but its next process finds it in the log.
    @Test(arguments: [false, true]) func `What is not there after a failed sync never comes back`(
        lasts: Bool
    ) throws {
        let machine = try Machine()
        let store = try machine.create(Province.county(1))
        try store.newSupplier("先前")
        let before = try store.status().changes
        machine.disk.plan(DiskFault(.ioError, at: 1, ofSyncs: true, lasting: lasts))
        #expect { try store.newSupplier("没有保存") } throws: { error in
            switch error {
            case StoreError.notStored: !lasts
            case StoreError.outcomeUnknown: lasts
            default: false
            }
        }
        machine.disk.plan(nil)
        if lasts { #expect(try store.status().changes == before) }
        try machine.crash()
        #expect(try machine.open().status().changes == before)
    }
}
