/// Who is registered follows from what the hub wrote, and from nothing else.
import Records
import Store
import SyncCore
import Testing
import WireFormat

@Suite struct MemberTests {
    let county = Province.county(1)

    @Test func `A county's own registration record registers nobody`() throws {
        let province = try Province(counties: 2)
        try province.settle()
        _ = try province.counties[0].store.append(Province.registration(of: Province.county(5)))
        try province.settle()
        #expect(try province.hub.store.member(Province.county(5).node) == nil)
    }

    @Test func `A county's edit of a registration grants it nothing`() throws {
        let province = try Province(counties: 2)
        let node = try province.register(Province.county(5), scopes: [.province])
        try province.settle()
        try province.counties[0].store.edit(
            node,
            [
                RegisteredNode.Group.grant: .fields([
                    RegisteredNode.scopes: .list([.text("province"), .text("county/632522")])
                ])
            ])
        try province.settle()
        for store in province.stores {
            #expect(try store.member(Province.county(5).node)?.scopes == [.province])
            #expect(try store.verify().problems == [])
        }
    }

    @Test func `What the hub writes after a county's edit counts`() throws {
        let province = try Province(counties: 1)
        let node = try province.register(Province.county(5), scopes: [.province])
        try province.settle()
        func grant(_ store: Store, _ scope: String) throws {
            try store.edit(
                node,
                [
                    RegisteredNode.Group.grant: .fields([
                        RegisteredNode.scopes: .list([.text(scope)])
                    ])
                ])
        }
        try grant(province.counties[0].store, "county/632521")
        try province.settle()
        try grant(province.hub.store, "county/632525")
        try province.settle()
        for store in province.stores {
            #expect(try store.member(Province.county(5).node)?.scopes == [.county(632_525)])
        }
    }

    @Test func `The hub's edit of a registration counts everywhere`() throws {
        let province = try Province(counties: 2)
        let node = try province.register(Province.county(5), scopes: [.province])
        try province.settle()
        try province.hub.store.edit(
            node,
            [
                RegisteredNode.Group.grant: .fields([
                    RegisteredNode.scopes: .list([.text("county/632525"), .text("province")])
                ])
            ])
        try province.settle()
        for store in province.stores {
            let scopes = try store.member(Province.county(5).node)?.scopes
            #expect(scopes.map(Set.init) == [.county(632_525), .province])
        }
    }

    @Test func `A node gets nothing of a scope that is not its own`() throws {
        let province = try Province(counties: 2)
        _ = try province.counties[1].store.newLog("一号楼")
        try province.settle()
        let sender = try #require(try province.hub.store.member(county.node))
        let (answer, _) = try province.hub.store.exchange(
            ExchangeRequest(scopes: [
                ScopeReport(scope: .county(632_522), digest: .zero, clock: .empty)
            ]), from: sender)
        #expect(answer.scopes == [])
        #expect(answer.segments.isEmpty)
        let theirs = try #require(
            try province.hub.store.status().logs.first {
                $0.log.scope == .county(632_522)
            })
        let tip = try #require(
            try province.hub.store.reports(of: [.county(632_522)])[0].clock?[theirs.log].first)
        let reference = Reference(log: theirs.log, sequence: tip.sequence, hash: tip.hash)
        let (probe, _) = try province.hub.store.exchange(
            ExchangeRequest(
                scopes: [ScopeReport(scope: .county(632_522), digest: .zero)], marks: [reference],
                receiptsWanted: [reference]), from: sender)
        #expect(probe.receipts == [] && probe.confirmedMarks == [])
    }
}
