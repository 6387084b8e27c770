/// What people do at one node: records, edits, stale forms, and fields of a newer version.
import LogWriting
import Records
import Store
import SyncCore
import Testing
import WireFormat

@Suite struct AppendTests {
    let node: Node

    init() throws { node = try Province(counties: 1).counties[0] }

    var store: Store { node.store }

    @Test func `A new record stands with what was written`() throws {
        let record = try store.newSupplier("甲公司", code: 1)
        let shown = try store.shown(record)
        #expect(try store.names(record) == ["甲公司"])
        #expect(shown.state.heads == [record])
        #expect(shown.created.author == "clerk")
        #expect(try store.record(shown.id)?.state == shown.state)
        #expect(try store.records(ofType: Supplier.type, limit: 9).elements.map(\.id) == [shown.id])
    }

    @Test func `An edit replaces what its form showed`() throws {
        let record = try store.newSupplier("甲公司")
        let appended = try store.rename(record, "乙公司")
        #expect(try store.names(record) == ["乙公司"])
        #expect(appended.record.state.heads == [appended.change])
        #expect(try store.history(ShortID(record))?.map(\.standing) == [.accepted, .accepted])
    }

    @Test func `A stale form is refused with the record as it stands now`() throws {
        let record = try store.newSupplier("甲公司")
        let token = try store.shown(record).token
        try store.rename(record, "乙公司")
        let now = try store.shown(record).state
        #expect {
            try store.rename(record, "丙公司", basis: .token(token))
        } throws: { error in
            if case StoreError.stale(let record) = error { record.state == now } else { false }
        }
        #expect(try store.names(record) == ["乙公司"])
    }

    @Test func `A stale form may keep both, as a conflict`() throws {
        let record = try store.newSupplier("甲公司")
        let token = try store.shown(record).token
        try store.rename(record, "乙公司")
        try store.rename(record, "丙公司", basis: .keepBoth(token: token))
        #expect(try store.names(record) == ["丙公司", "乙公司"])
        #expect(try store.conflictNames() == ["\(ShortID(record)).group-11"])
        #expect(try store.conflicts(limit: 9).elements[0].base?.bytes == LogWriter.name("甲公司"))
    }

    /// Found by a fuzzer: the change would name one parent twice, which no other node takes.
    @Test func `A token made by hand that names a change twice, or no group, is refused`() throws {
        let record = try store.newSupplier("甲公司")
        let first = try store.shown(record).token
        try store.rename(record, "乙公司", basis: .keepBoth(token: first))
        try store.rename(record, "丙公司", basis: .keepBoth(token: first))
        let token = try #require(Base32.decode(try store.shown(record).token))
        // Heads 0 and 1 of the table, then group 11 with the same.
        let lists: [UInt8] = [0x82, 0x00, 0x01, 0xA1, 0x0B, 0x82, 0x00, 0x01]
        #expect(token.suffix(lists.count) == lists[...])
        var forgeries: [[UInt8]] = [2, 7].map { twice in
            var forged = lists
            forged[twice] = 0
            return forged
        }
        // A group whose number no group has.
        forgeries.append([0x82, 0x00, 0x01, 0xA1, 0x1B, 1, 0, 0, 0, 0, 0, 0, 0, 0x81, 0x00])
        for forged in forgeries {
            let text = Base32.encode(token.dropLast(lists.count) + forged)
            #expect {
                try store.edit(
                    record, basis: .keepBoth(token: text),
                    [ReservedGroup.life: .verbatim(LifeValue.alive)])
            } throws: { error in
                if case StoreError.badToken = error { true } else { false }
            }
        }
    }

    @Test func `What is never edited is not edited here either`() throws {
        let entry = try store.newLog("一号楼")
        #expect {
            try store.edit(
                entry, [ServiceLog.Group.entry: .fields([ServiceLog.site: .text("二号楼")])])
        } throws: { error in
            if case StoreError.insertOnly = error { true } else { false }
        }
        #expect(try store.shown(entry).state.heads == [entry])
    }

    @Test func `Saving what was shown writes nothing`() throws {
        let record = try store.newSupplier("甲公司")
        let before = try store.status().changes
        #expect(try store.rename(record, "甲公司").change == nil)
        #expect(try store.status().changes == before)
    }

    @Test func `Fields of a newer version survive an edit`() throws {
        let record = try store.newSupplier("甲公司")
        let newer = ValueCodec.encode(group: [
            Value.Entry(2, .text("乙公司")), Value.Entry(99, .text("新字段")),
        ])
        try store.edit(record, [Supplier.Group.name: .verbatim(newer)])
        try store.rename(record, "丙公司")
        let value = try #require(try store.shown(record).state.group(11)?.agreedValue)
        #expect(
            try ValueCodec.decode(group: value) == [
                Value.Entry(2, .text("丙公司")), Value.Entry(99, .text("新字段")),
            ])
    }

    @Test func `Records of a newer version's type are listed by pages`() throws {
        let county = Province.county(1)
        var writer = LogWriter(county, incarnation: 3)
        let written = (0..<3).map { _ in
            writer.add(.creates(type: "later"), [(10, [], [0xA0])])
        }
        #expect(try store.apply([writer.sealed]).newChanges == 3)
        var listed: [Reference] = []
        var cursor: String?
        repeat {
            let page = try store.records(ofUnknownType: "later", after: cursor, limit: 2)
            listed += page.elements.map(\.state.record)
            cursor = page.next
        } while cursor != nil
        #expect(listed == written)
    }

    @Test func `A null takes a field away`() throws {
        let record = try store.newSupplier("甲公司", formerNames: ["旧名"])
        try store.edit(record, [Supplier.Group.name: .fields([Supplier.formerNames: .null])])
        #expect(try store.shown(record).state.group(11)?.agreedValue == LogWriter.name("甲公司"))
    }

    @Test func `A disputed group refuses an ordinary edit, others do not`() throws {
        let record = try store.newSupplier("甲公司")
        let token = try store.shown(record).token
        try store.rename(record, "乙公司")
        try store.rename(record, "丙公司", basis: .keepBoth(token: token))
        for write in [Edit.GroupWrite.name("丁公司"), .verbatim(LogWriter.name("丁公司"))] {
            #expect {
                try store.edit(record, [Supplier.Group.name: write])
            } throws: { error in
                if case StoreError.disputed(Supplier.Group.name) = error { true } else { false }
            }
        }
        try store.edit(record, [Supplier.Group.size: .size("SMALL")])
        #expect(try store.names(record) == ["丙公司", "乙公司"])
    }

    @Test func `An import replaces what is unset and stands beside what is set`() throws {
        let record = try store.newSupplier("甲公司")
        try store.edit(record, basis: .nothing, [Supplier.Group.size: .size("SMALL")])
        #expect(try store.conflictNames() == [])
        try store.edit(record, basis: .nothing, [Supplier.Group.name: .name("乙公司")])
        #expect(try store.names(record) == ["乙公司", "甲公司"])
        #expect(try store.conflictNames() == ["\(ShortID(record)).group-11"])
    }

    @Test func `A form of another record, of another node or of nobody is refused`() throws {
        let record = try store.newSupplier("甲公司")
        let other = try store.shown(try store.newSupplier("乙公司")).token
        let twin = try Node(Province.county(2), in: InMemoryDatabase(), seed: 1).store
        let strange = try twin.shown(try twin.newSupplier("甲公司")).token
        for token in [other, strange, "", "zzzz", other + "0"] {
            #expect {
                try store.rename(record, "丙公司", basis: .token(token))
            } throws: { error in
                if case StoreError.badToken = error { true } else { false }
            }
        }
    }

    @Test func `A list comes in pages that join without a gap`() throws {
        let all = try (0..<7).map { try store.newSupplier("公司\($0)") }
        var found: [Reference] = []
        var cursor: String?
        repeat {
            let page = try store.records(ofType: Supplier.type, after: cursor, limit: 3)
            found += page.elements.map(\.state.record)
            cursor = page.next
        } while cursor != nil
        #expect(found == all)
    }
}
