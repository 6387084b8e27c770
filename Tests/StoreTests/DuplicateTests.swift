/// Two records of one supplier: found by its credit code, merged, unmerged.
import LogWriting
import Records
import Store
import SyncCore
import Testing

@Suite struct DuplicateTests {
    let province: Province
    let a: Store
    let b: Store
    let first: Reference
    let second: Reference
    let name = "duplicate.supplier.\(FictionalSupplier.code(index: 1).code)"

    init() throws {
        province = try Province(counties: 2)
        (a, b) = (province.counties[0].store, province.counties[1].store)
        first = try a.newSupplier("甲公司", code: 1)
        second = try b.newSupplier("甲公司（分）", code: 1)
        try province.settle()
    }

    func expectConflicts(_ names: [String]) throws {
        for store in province.stores {
            #expect(try store.conflictNames() == names)
            #expect(try store.verify().problems == [])
        }
    }

    @Test func `One conflict with both records as sides, on every node`() throws {
        try expectConflicts([name])
        let pages = try province.stores.map { try $0.conflict(named: name) }
        for page in pages {
            #expect(page?.item == pages[0]?.item)
            #expect(page?.token == pages[0]?.token)
            #expect(page?.item.sides.map(\.reference) == [first, second].sorted())
        }
        #expect(
            try a.records(ofType: Supplier.type, naturalKey: String(name.suffix(18))).count == 2)
    }

    @Test func `The conflict shows a side's present name`() throws {
        try a.rename(first, "新甲公司")
        try province.settle()
        for store in province.stores {
            let item = try #require(try store.conflict(named: name)).item
            let side = try #require(item.sides.first { $0.reference == first })
            #expect(side.values.contains { $0.bytes == LogWriter.name("新甲公司") })
        }
    }

    @Test func `A merge closes it, clearing it opens it again`() throws {
        try a.merge(second, into: first)
        try province.settle()
        try expectConflicts([])
        #expect(try b.resolvingAlias(b.shown(second)).state.record == first)
        try b.merge(second, into: nil)
        try province.settle()
        try expectConflicts([name])
        #expect(try b.resolvingAlias(b.shown(second)).state.record == second)
    }

    @Test func `Two offices that merge in opposite directions see it come back`() throws {
        try a.merge(second, into: first)
        try b.merge(first, into: second)
        try province.settle()
        try expectConflicts([name])
        let smallest = min(first, second)
        for store in province.stores {
            for record in [first, second] {
                #expect(try store.resolvingAlias(store.shown(record)).state.record == smallest)
            }
        }
        try a.merge(first, into: nil)
        try province.settle()
        try expectConflicts([])
    }

    @Test func `A record that points into a circle resolves like the circle`() throws {
        let third = try a.newSupplier("丙公司", code: 1)
        try a.merge(third, into: second)
        try a.merge(second, into: first)
        try b.merge(first, into: second)
        try province.settle()
        for record in [first, second, third] {
            #expect(try a.resolvingAlias(a.shown(record)).state.record == min(first, second))
        }
        let item = try #require(try a.conflict(named: name)).item
        #expect(item.sides.map(\.reference) == [first, second].sorted())
    }

    @Test func `A third record opens it again after a merge`() throws {
        try a.merge(second, into: first)
        try province.settle()
        let third = try b.newSupplier("丙公司", code: 1)
        try province.settle()
        try expectConflicts([name])
        let item = try #require(try a.conflict(named: name)).item
        #expect(item.sides.map(\.reference) == [first, third].sorted())
    }

    @Test func `Withdrawing one of them or correcting its code closes it`() throws {
        try a.edit(second, [ReservedGroup.life: .verbatim(LifeValue.withdrawn)])
        try province.settle()
        try expectConflicts([])
        try a.edit(second, [ReservedGroup.life: .verbatim(LifeValue.alive)])
        try province.settle()
        try expectConflicts([name])
        try b.edit(
            second,
            [
                Supplier.Group.identity: .fields([
                    Supplier.uscc: .text(FictionalSupplier.code(index: 2).code)
                ])
            ])
        try province.settle()
        try expectConflicts([])
    }
}
