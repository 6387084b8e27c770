/// What the hub holds and releases: the value leaves, what it had replaced comes back.
import LogWriting
import Records
import Store
import SyncCore
import Testing
import WireFormat

@Suite struct VerdictTests {
    let hub: Store
    var county = LogWriter(Province.county(1), incarnation: 5)
    var judge = LogWriter(Province.hubIdentity, incarnation: 9, lane: .control)
    let record: Reference
    let edit: Reference

    init() throws {
        hub = try Province(counties: 2).hub.store
        record = county.supplier("甲公司")
        edit = county.add(
            .of(record), parents: [record], [(11, [record], LogWriter.name("乙公司"))])
    }

    @Test func `A held value leaves, and what it replaced stands again`() throws {
        var judge = judge
        judge.judge(edit, of: record, holds: true)
        _ = try hub.apply([county.sealed, judge.sealed])
        #expect(try hub.names(record) == ["甲公司"])
        #expect(try hub.history(ShortID(record))?.map(\.standing) == [.accepted, .held, .accepted])
        #expect(try hub.found("甲公司") == [record])
        #expect(try hub.found("乙公司") == [])
        #expect(try hub.verify().problems == [])
    }

    @Test func `A release brings the value back`() throws {
        var judge = judge
        let hold = judge.judge(edit, of: record, holds: true)
        judge.judge(edit, of: record, holds: false, replacing: [hold])
        _ = try hub.apply([county.sealed, judge.seal(1...1)])
        #expect(try hub.names(record) == ["甲公司"])
        _ = try hub.apply([judge.seal(2...2)])
        #expect(try hub.names(record) == ["乙公司"])
        #expect(try hub.verify().problems == [])
    }

    @Test func `A release that comes before the hold and the change counts in the end`() throws {
        var judge = judge
        let hold = judge.judge(edit, of: record, holds: true)
        var later = LogWriter(Province.hubIdentity, incarnation: 10, lane: .control)
        later.judge(edit, of: record, holds: false, replacing: [hold])
        for part in [later.sealed, judge.sealed, county.sealed] { _ = try hub.apply([part]) }
        #expect(try hub.names(record) == ["乙公司"])
        #expect(try hub.status().waiting == 0)
        #expect(try hub.verify().problems == [])
    }

    @Test func `A record whose creation is held is hidden until it is released`() throws {
        var judge = judge
        let hold = judge.judge(record, of: record, holds: true)
        judge.judge(record, of: record, holds: false, replacing: [hold])
        _ = try hub.apply([county.seal(1...1), judge.seal(1...1)])
        #expect(try hub.record(record) == nil)
        #expect(try hub.records(ofType: Supplier.type, limit: 9).elements.isEmpty)
        #expect(try hub.found("甲公司") == [])
        #expect(try hub.history(ShortID(record))?.count == 2)
        _ = try hub.apply([judge.seal(2...2)])
        #expect(try hub.names(record) == ["甲公司"])
        #expect(try hub.found("甲公司") == [record])
        #expect(try hub.verify().problems == [])
    }

    @Test func `A hidden record's conflicts are hidden with it`() throws {
        var (judge, county) = (judge, county)
        county.add(.of(record), parents: [record], [(11, [record], LogWriter.name("丙公司"))])
        let hold = judge.judge(record, of: record, holds: true)
        judge.judge(record, of: record, holds: false, replacing: [hold])
        _ = try hub.apply([county.sealed, judge.seal(1...1)])
        #expect(try hub.conflictNames() == [])
        _ = try hub.apply([judge.seal(2...2)])
        #expect(try hub.conflictNames() == ["\(ShortID(record)).group-11"])
    }

    @Test func `A verdict before its target holds it when it comes`() throws {
        var judge = judge
        judge.judge(edit, of: record, holds: true)
        _ = try hub.apply([judge.sealed])
        #expect(try hub.status().waiting == 1)
        _ = try hub.apply([county.seal(1...1)])
        #expect(try hub.status().waiting == 1)
        _ = try hub.apply([county.seal(2...2)])
        #expect(try hub.status().waiting == 0)
        #expect(try hub.names(record) == ["甲公司"])
        #expect(try hub.verify().problems == [])
    }

    @Test func `A hold by a county counts for nothing`() throws {
        var judge = LogWriter(Province.county(2), incarnation: 9, lane: .control)
        judge.judge(edit, of: record, holds: true)
        _ = try hub.apply([county.sealed, judge.sealed])
        #expect(try hub.names(record) == ["乙公司"])
        #expect(try hub.history(ShortID(record))?.map(\.standing).contains(.held) == false)
    }

    @Test func `A held duplicate is a duplicate no more`() throws {
        let province = try Province(counties: 1)
        let first = try province.hub.store.newSupplier("甲公司", code: 1)
        let second = try province.hub.store.newSupplier("乙公司", code: 1)
        #expect(try province.hub.store.conflictNames().count == 1)
        var judge = judge
        judge.judge(second, of: second, holds: true)
        _ = try province.hub.store.apply([judge.sealed])
        #expect(try province.hub.store.conflictNames() == [])
        #expect(try province.hub.store.names(first) == ["甲公司"])
        #expect(try province.hub.store.verify().problems == [])
    }
}
