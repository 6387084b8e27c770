/// Who is registered follows from what the hub wrote, and from nothing else.
import Foundation
import Records
import Store
import SyncCore
import Testing
import WireFormat

@Suite struct MemberTests {
    let county = Province.county(1)

    @Test func `A node that is registered has no former keys`() throws {
        let province = try Province(counties: 1)
        #expect(try province.hub.store.formerMember(county.node) == [])
    }

    @Test func `A county's own registration record registers nobody`() throws {
        let province = try Province(counties: 2)
        try province.settle()
        _ = try province.counties[0].store.append(Province.registration(of: Province.county(5)))
        try province.settle()
        #expect(try province.hub.store.member(Province.county(5).node) == nil)
    }

    @Test func `A county's edit of a registration is refused and grants nothing`() throws {
        let province = try Province(counties: 2)
        let node = try province.register(Province.county(5), scopes: [.province])
        try province.settle()
        let forger = province.counties[0]
        try forger.store.edit(
            node,
            [
                RegisteredNode.Group.grant: .fields([
                    RegisteredNode.scopes: .list([.text("province"), .text("county/632522")])
                ])
            ])
        try forger.sync(with: province.hub.store)
        for store in [province.hub.store, province.counties[1].store] {
            #expect(try store.member(Province.county(5).node)?.scopes == [.province])
            #expect(try store.verify().problems == [])
        }
        #expect(try forger.store.refusals().map(\.rule) == [.inconsistent])
    }

    @Test func `What a node signed counts after its key is changed or its registration ends`()
        throws
    {
        let province = try Province(counties: 1, registers: false)
        let node = try province.register(Province.county(1))
        try province.settle()
        _ = try province.counties[0].store.newSupplier("甲公司")
        try province.settle()
        let newKey = NodeKey(secret: [UInt8](repeating: 7, count: 32))!
        try province.hub.store.edit(
            node,
            [
                RegisteredNode.Group.identity: .fields([
                    RegisteredNode.publicKey: .text(
                        Data(newKey.publicKey.bytes).base64EncodedString())
                ])
            ])
        try province.hub.store.edit(
            node, [ReservedGroup.life: .verbatim(LifeValue.withdrawn)])
        #expect(try province.hub.store.member(Province.county(1).node) == nil)
        let former = try province.hub.store.formerMember(Province.county(1).node)
        #expect(Set(former) == [Province.county(1).key.publicKey, newKey.publicKey])
        #expect(try province.hub.store.formerMember(Province.county(3).node) == [])
        #expect(try province.hub.store.verify().problems == [])
        // A county that comes later still gets what was signed before.
        let late = try Node(Province.county(2), in: InMemoryDatabase(), seed: 77)
        try province.register(Province.county(2))
        try late.sync(with: province.hub.store)
        #expect(
            try late.store.stateDigest(of: .province)
                == province.hub.store.stateDigest(of: .province))
        #expect(try late.store.verify().problems == [])
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
