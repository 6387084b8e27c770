/// What no form would write: a node takes it in, shows what it can, and goes on.
import LogWriting
import Records
import Store
import SyncCore
import SyncSession
import Testing
import WireFormat

@Suite struct HostileTests {
    let hub: Store
    var writer = LogWriter(Province.county(1), incarnation: 5)

    init() throws { hub = try Province(counties: 2).hub.store }

    func take(_ writer: LogWriter) throws {
        #expect(try hub.apply([writer.sealed]).refusals == [])
        #expect(try hub.verify().problems == [])
        for type in Catalogue.all {
            _ = try hub.records(ofType: type, limit: 99)
            _ = try hub.search("公", type: type, limit: 9)
        }
        for item in try hub.conflicts(limit: 99).elements {
            #expect(try hub.conflict(named: item.name)?.item == item)
        }
    }

    @Test func `A name as long as a change may be, in dispute`() throws {
        var writer = writer
        let record = writer.supplier("甲公司")
        for letter in ["a", "b"] {
            writer.add(
                .of(record), parents: [record],
                [(11, [record], LogWriter.name(String(repeating: letter, count: 60_000)))])
        }
        try take(writer)
        #expect(try hub.conflicts(limit: 9).elements.count == 1)
    }

    @Test func `Values of other kinds than declared, in every group`() throws {
        var writer = writer
        let odd: [Value] = [
            .null, .bool(true), .integer(-1), .bytes([0, 255]), .list([.text("x"), .null]),
            .map([Value.Entry(-7, .text("公"))]), .text(""), .text("\u{0}\u{301}\u{1F600}"),
        ]
        for type in Catalogue.all.map(\.name) + ["newer-type"] {
            for value in odd {
                let bytes = ValueCodec.encode(
                    group: (-2...18).map { Value.Entry(Int64($0), value) })
                writer.add(
                    .creates(type: type),
                    ([0, 1, 2] + (10...15)).dropFirst().map {
                        (GroupID($0), [], bytes)
                    })
            }
        }
        try take(writer)
    }

    @Test func `More groups than one change may hold`() throws {
        var writer = writer
        for _ in 0..<2 {
            let code = ValueCodec.encode(group: [Value.Entry(1, .text("同一代码"))])
            let record = writer.add(.creates(type: "supplier"), [(10, [], code)])
            for start in [100, 160] {
                writer.add(
                    .of(record), parents: [record],
                    (start..<start + 60).map { (GroupID($0), [], LogWriter.name("公")) })
            }
        }
        try take(writer)
        #expect(try hub.conflictNames() == ["duplicate.supplier.同一代码"])
    }

    @Test func `Changes of a record that is none, and of two records at once`() throws {
        var writer = writer
        let record = writer.supplier("甲公司")
        let other = writer.supplier("乙公司")
        let edit = writer.add(
            .of(record), parents: [record], [(11, [record], LogWriter.name("丙公司"))])
        writer.add(.of(edit), parents: [edit], [(11, [edit], LogWriter.name("丁公司"))])
        writer.add(
            .of(record), parents: [other], [(11, [other], LogWriter.name("戊公司"))])
        writer.judge(other, of: record, holds: true)
        try take(writer)
        #expect(try hub.names(record) == ["丙公司"])
        #expect(try hub.names(other) == ["乙公司"])
    }

    @Test func `A hundred sides of one field`() throws {
        var writer = writer
        let record = writer.supplier("甲公司")
        for index in 0..<100 {
            writer.add(
                .of(record), parents: [record], [(11, [record], LogWriter.name("名\(index)"))])
        }
        try take(writer)
        #expect(try hub.names(record).count == 100)
        try hub.decide("\(ShortID(record)).group-11", [11: .verbatim(LogWriter.name("定名"))])
        #expect(try hub.names(record) == ["定名"])
    }

    @Test func `A record that refers to itself as its alias`() throws {
        let record = try hub.newSupplier("甲公司", code: 1)
        try hub.merge(record, into: record)
        #expect(try hub.resolvingAlias(hub.shown(record)).state.record == record)
        #expect(try hub.conflictNames() == [])
    }
}
