/// One log written twice: both branches are kept everywhere, and its writer goes on under a new
/// name.
import Records
import Store
import SyncCore
import Testing
import WireFormat

@Suite struct ForkTests {
    /// A record, known to all, that a county and its clone rename differently.
    struct Twins {
        let province = try! Province(counties: 2)
        let original: Node
        let clone: Node
        let record: Reference

        init(sealsFirst: Bool) throws {
            original = province.counties[0]
            record = try original.store.newSupplier("甲公司")
            if sealsFirst { try province.settle() }
            clone = try original.clone(seed: 77)
            try original.store.rename(record, "乙公司")
            try clone.store.rename(record, "丙公司")
        }

        func exchangeAll() throws {
            for _ in 0..<6 {
                for node in [original, clone, province.counties[1]] {
                    try node.sync(with: province.hub.store)
                }
            }
        }

        var stores: [Store] { province.stores + [clone.store] }
    }

    @Test(arguments: [true, false])
    func `Both branches are kept, in conflict, by every node`(_ sealsFirst: Bool) throws {
        let twins = try Twins(sealsFirst: sealsFirst)
        let incarnation = twins.original.store.identity.incarnation
        try twins.exchangeAll()
        let expected = try twins.province.hub.store.stateDigest(of: .province)
        for store in twins.stores {
            #expect(try store.names(twins.record) == ["丙公司", "乙公司"])
            #expect(try store.conflictNames() == ["\(ShortID(twins.record)).group-11"])
            #expect(try store.stateDigest(of: .province) == expected)
            #expect(try store.verify().problems == [])
            #expect(try store.status().logs.contains { $0.branches > 1 })
        }
        let after = [twins.original, twins.clone].map(\.store.identity.incarnation)
        #expect(!after.contains(incarnation))
        #expect(after[0] != after[1])
    }

    @Test func `What a copy sealed is known, though it is still open here`() throws {
        let province = try Province(counties: 1)
        let original = province.counties[0]
        let record = try original.store.newSupplier("甲公司")
        let incarnation = original.store.identity.incarnation
        let clone = try original.clone(seed: 78)
        #expect(try original.store.apply(clone.store.sealed()).newChanges == 0)
        #expect(original.store.identity.incarnation == incarnation)
        try original.store.rename(record, "乙公司")
        try province.settle()
        #expect(try province.hub.store.names(record) == ["乙公司"])
        #expect(try original.store.verify().problems == [])
    }

    @Test func `A fork is told once, when its branch first comes`() throws {
        let twins = try Twins(sealsFirst: true)
        let hub = twins.province.hub.store
        let log = twins.record.log
        func newest(_ node: Node) throws -> [[UInt8]] {
            try node.store.sealTail()
            return [try #require(try node.store.segments(of: log).last).encoded]
        }
        #expect(try hub.apply(newest(twins.original)).forked == [])
        #expect(try hub.apply(newest(twins.clone)).forked == [log])
        #expect(try hub.apply(newest(twins.clone)).forked == [])
        try twins.clone.store.rename(twins.record, "丁公司")
        #expect(try hub.apply(newest(twins.clone)).forked == [])
    }

    @Test func `Both go on writing after the fork`() throws {
        let twins = try Twins(sealsFirst: true)
        try twins.exchangeAll()
        let mine = try twins.original.store.newSupplier("丁公司")
        let theirs = try twins.clone.store.newSupplier("戊公司")
        try twins.exchangeAll()
        for store in twins.stores {
            #expect(try store.names(mine) == ["丁公司"])
            #expect(try store.names(theirs) == ["戊公司"])
            #expect(try store.verify().problems == [])
        }
    }

    @Test func `A clone whose log is a beginning of the other's takes a new name, too`() throws {
        let province = try Province(counties: 1)
        let original = province.counties[0]
        _ = try original.store.newSupplier("甲公司")
        let behind = try original.clone(seed: 5)
        _ = try original.store.newSupplier("乙公司")
        try original.sync(with: province.hub.store)
        let before = behind.store.identity.incarnation
        try behind.sync(with: province.hub.store)
        #expect(behind.store.identity.incarnation != before)
        _ = try behind.store.newSupplier("丙公司")
        try behind.sync(with: province.hub.store)
        #expect(try province.isEven() == false, "the original has not heard of it yet")
        try province.settle()
        #expect(try original.store.records(ofType: Supplier.type, limit: 9).elements.count == 3)
        for store in province.stores + [behind.store] {
            #expect(try store.verify().problems == [])
        }
    }

    /// Its past may be withheld for long: a node asks with its clock, and sends nothing.
    @Test func `A hub that is shown its past by a clock alone takes a new name`() throws {
        let province = try Province(counties: 1)
        let behind = try province.hub.clone(seed: 5)
        _ = try province.hub.store.newSupplier("甲公司")
        try province.settle()
        let county = province.counties[0].store
        let member = try #require(try behind.store.member(county.identity.node))
        let request = ExchangeRequest(scopes: try county.reports())
        let before = behind.store.identity.incarnation
        #expect(try behind.store.exchange(request, from: member).applied.didMint)
        let after = behind.store.identity.incarnation
        #expect(after != before)
        #expect(try !behind.store.exchange(request, from: member).applied.didMint)
        #expect(behind.store.identity.incarnation == after)
    }

    @Test func `Logs that differ from their first change on are both kept`() throws {
        let province = try Province(counties: 1)
        try province.settle()
        let clone = try province.counties[0].clone(seed: 8)
        let mine = try province.counties[0].store.newSupplier("甲公司")
        let theirs = try clone.store.newSupplier("乙公司")
        #expect(mine.sequence == 1 && theirs.sequence == 1 && mine.log == theirs.log)
        for _ in 0..<4 {
            try province.counties[0].sync(with: province.hub.store)
            try clone.sync(with: province.hub.store)
        }
        for store in province.stores + [clone.store] {
            #expect(try store.names(mine) == ["甲公司"])
            #expect(try store.names(theirs) == ["乙公司"])
            #expect(try store.verify().problems == [])
        }
    }

    @Test func `A restart remembers the new name`() throws {
        let twins = try Twins(sealsFirst: true)
        try twins.exchangeAll()
        let incarnation = twins.original.store.identity.incarnation
        try twins.original.restart()
        #expect(twins.original.store.identity.incarnation == incarnation)
    }
}
