/// A rule across groups that each side kept and the merge breaks.
import Records
import Store
import SyncCore
import Testing

@Suite struct BrokenRuleTests {
    let province: Province
    let record: Reference
    let name: String

    /// One county makes it an own evaluation, the other makes it serious: rule 3 forbids both.
    init() throws {
        province = try Province(counties: 2)
        let (a, b) = (province.counties[0].store, province.counties[1].store)
        let supplier = try a.newSupplier("甲公司")
        record = try a.append(
            Edit(
                target: .new(type: "creditRecord", scope: .province, lane: .records),
                basis: .nothing,
                writes: [
                    10: .fields([CreditRecord.supplier: .text(ShortID(supplier).description)]),
                    11: .fields([
                        CreditRecord.source: .text("OFFICIAL_REF"),
                        CreditRecord.decisionBody: .text("某局"),
                        CreditRecord.decisionNo: .text("1号"),
                        CreditRecord.decisionDate: .text("2026-03-01"),
                    ]),
                    12: .fields([
                        CreditRecord.polarity: .text("BAD"), CreditRecord.facts: .text("迟到"),
                    ]),
                    13: .fields([CreditRecord.severity: .text("SLIGHT")]),
                ], author: "clerk", schemaVersion: 1)
        ).record.state.record
        name = "\(ShortID(record)).rule-3"
        try province.settle()
        try a.edit(record, [11: .fields([CreditRecord.source: .text("PERFORMANCE")])])
        try b.edit(record, [13: .fields([CreditRecord.severity: .text("SERIOUS")])])
        try province.settle()
    }

    func expectConflicts(_ slots: [String]) throws {
        for store in province.stores {
            #expect(try store.conflictNames() == slots.map { "\(ShortID(record)).\($0)" })
            #expect(try store.verify().problems == [])
        }
    }

    @Test func `It is listed with both changes as sides, beside the parallel edit`() throws {
        try expectConflicts(["parallel", "rule-3"])
        let item = try #require(try province.hub.store.conflict(named: name)).item
        #expect(item.kind == .brokenRule)
        #expect(item.sides.count == 2)
    }

    @Test func `A decision closes both`() throws {
        try province.hub.store.decide(
            name, [13: .fields([CreditRecord.severity: .text("GENERAL")])])
        try province.settle()
        try expectConflicts([])
    }

    @Test func `A join closes the parallel edit only`() throws {
        try province.hub.store.decide("\(ShortID(record)).parallel", kind: .join, [:])
        try province.settle()
        try expectConflicts(["rule-3"])
    }

    @Test func `An ordinary edit that keeps the rule again leaves nothing broken`() throws {
        try province.hub.store.edit(
            record, [13: .fields([CreditRecord.severity: .text("GENERAL")])])
        try province.settle()
        try expectConflicts(["parallel"])
    }
}
