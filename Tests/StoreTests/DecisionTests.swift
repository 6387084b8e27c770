/// Conflict pages: what a decision or a join closes, and what moves while somebody looks.
import LogWriting
import Records
import Store
import SyncCore
import Testing
import WireFormat

@Suite struct DecisionTests {
    let store: Store

    init() throws { store = try Province(counties: 1).counties[0].store }

    /// A supplier with two names side by side, and the conflict's address.
    func disputed() throws -> (record: Reference, name: String, base: String) {
        let record = try store.newSupplier("甲公司")
        let base = try store.shown(record).token
        try store.rename(record, "乙公司")
        try store.rename(record, "丙公司", basis: .keepBoth(token: base))
        return (record, "\(ShortID(record)).group-11", base)
    }

    @Test func `A decision by the page's token closes the conflict`() throws {
        let (record, name, _) = try disputed()
        try store.decide(name, [11: .verbatim(LogWriter.name("丙公司"))])
        #expect(try store.names(record) == ["丙公司"])
        #expect(try store.conflictNames() == [])
        #expect(try store.conflict(named: name) == nil)
    }

    @Test func `A side that arrives after the page was shown is not decided unseen`() throws {
        let (record, name, base) = try disputed()
        let page = try #require(try store.conflict(named: name))
        try store.rename(record, "丁公司", basis: .keepBoth(token: base))
        #expect {
            try store.edit(
                record, kind: .decision, basis: .conflict(slot: .group(11), token: page.token),
                [11: .verbatim(LogWriter.name("丙公司"))])
        } throws: { error in
            if case StoreError.conflictMoved(let record) = error {
                record.state.conflicts[0].sides.count == 3
            } else {
                false
            }
        }
        #expect(try store.conflictNames() == [name])
    }

    @Test func `An edit of another group does not make the page stale`() throws {
        let (record, name, _) = try disputed()
        let page = try #require(try store.conflict(named: name))
        try store.edit(record, [Supplier.Group.size: .size("SMALL")])
        try store.edit(
            record, kind: .decision, basis: .conflict(slot: .group(11), token: page.token),
            [11: .verbatim(LogWriter.name("丙公司"))])
        #expect(try store.names(record) == ["丙公司"])
    }

    @Test func `What is decided cannot be decided again from the same page`() throws {
        let (record, name, _) = try disputed()
        let page = try #require(try store.conflict(named: name))
        try store.decide(name, [11: .verbatim(LogWriter.name("丙公司"))])
        #expect {
            try store.edit(
                record, kind: .decision, basis: .conflict(slot: .group(11), token: page.token),
                [11: .verbatim(LogWriter.name("乙公司"))])
        } throws: { error in
            if case StoreError.conflictMoved = error { true } else { false }
        }
    }

    @Test func `A join closes a parallel edit and leaves every value`() throws {
        let record = try store.append(
            Edit(
                target: .new(type: "creditRecord", scope: .province, lane: .records),
                basis: .nothing,
                writes: [
                    CreditRecord.Group.conduct: .fields([CreditRecord.facts: .text("迟到")])
                ], author: "clerk", schemaVersion: 1)
        ).record.state.record
        let token = try store.shown(record).token
        try store.edit(record, [11: .fields([CreditRecord.decisionNo: .text("1号")])])
        try store.edit(
            record, basis: .keepBoth(token: token),
            [13: .fields([CreditRecord.severity: .text("SLIGHT")])])
        let name = "\(ShortID(record)).parallel"
        #expect(try store.conflictNames() == [name])
        let before = try store.shown(record).state.groups
        try store.decide(name, kind: .join, [:])
        #expect(try store.conflictNames() == [])
        #expect(try store.shown(record).state.groups == before)
    }

    @Test func `A withdrawal beside an edit is closed by a decision`() throws {
        let record = try store.newSupplier("甲公司")
        let token = try store.shown(record).token
        try store.rename(record, "乙公司")
        try store.edit(
            record, basis: .keepBoth(token: token),
            [ReservedGroup.life: .verbatim(LifeValue.withdrawn)])
        let name = "\(ShortID(record)).life"
        #expect(try store.conflictNames() == [name])
        try store.decide(name, [ReservedGroup.life: .verbatim(LifeValue.alive)])
        #expect(try store.conflictNames() == [])
    }

    @Test func `A decision about one field leaves a withdrawal open that its page did not show`()
        throws
    {
        let (record, name, base) = try disputed()
        try store.edit(
            record, basis: .keepBoth(token: base),
            [ReservedGroup.life: .verbatim(LifeValue.withdrawn)])
        let life = "\(ShortID(record)).life"
        #expect(try store.conflictNames() == [name, life].sorted())
        try store.decide(name, [11: .verbatim(LogWriter.name("丁公司"))])
        #expect(try store.conflictNames() == [life])
        #expect(try store.names(record) == ["丁公司"])
        try store.decide(life, [ReservedGroup.life: .verbatim(LifeValue.alive)])
        #expect(try store.conflictNames() == [])
    }

    @Test func `Conflicts are listed in pages, by type and by class`() throws {
        let names = try (0..<5).map { _ in try disputed().name }
        var found: [String] = []
        var cursor: String?
        repeat {
            let page = try store.conflicts(after: cursor, limit: 2)
            found += page.elements.map(\.name)
            cursor = page.next
        } while cursor != nil
        #expect(found.sorted() == names.sorted())
        #expect(try store.conflicts(type: "supplier", limit: 9).elements.count == 5)
        #expect(try store.conflicts(kind: .parallelEdit, limit: 9).elements == [])
    }
}
