/// Structural refusals: nothing of the segment stays, and no other segment is stopped.
import LogWriting
import Records
import Store
import SyncCore
import Testing
import WireFormat

@Suite struct RefusalTests {
    let province: Province
    let hub: Store
    let good: LogWriter

    init() throws {
        province = try Province(counties: 2)
        hub = province.hub.store
        var good = LogWriter(Province.county(1), incarnation: 5)
        for index in 0..<3 { _ = good.supplier("公司\(index)") }
        self.good = good
    }

    func writer(_ identity: Identity, scope: Scope = .province) -> LogWriter {
        var writer = LogWriter(identity, incarnation: 9, scope: scope)
        for index in 0..<3 { _ = writer.supplier("坏\(index)") }
        return writer
    }

    /// The bad segment between two good ones.
    func refuse(_ bad: [UInt8], _ rule: RefusalRule, from sender: Member? = nil) throws {
        let report = try hub.apply([good.seal(1...1), bad, good.seal(2...3)], from: sender)
        #expect(report.refusals.map(\.rule) == [rule])
        #expect(report.newChanges == 3)
        #expect(try hub.records(ofType: Supplier.type, limit: 99).elements.count == 3)
        #expect(try hub.refusals().map(\.rule) == [rule])
        #expect(try hub.verify().problems == [])
    }

    @Test func `A node that nobody registered`() throws {
        try refuse(writer(Province.county(7)).sealed, .unknownNode)
    }

    @Test func `A segment signed by somebody else`() throws {
        let writer = writer(Province.county(2))
        try refuse(writer.seal(1...3, by: Province.county(1).key), .badSignature)
    }

    @Test func `A segment whose predecessor is missing`() throws {
        try refuse(writer(Province.county(2)).seal(2...3), .gap)
    }

    @Test func `A scope that the origin was never granted`() throws {
        try refuse(writer(Province.county(2), scope: .county(632_521)).sealed, .scopeNotGranted)
    }

    @Test func `A key of the origin with which that scope was never granted`() throws {
        let county = Province.county(2)
        let other = NodeKey(secret: [UInt8](repeating: 9, count: 32))!
        let again = Identity(
            node: county.node, role: .county, division: county.division, incarnation: 1,
            key: other, hub: county.hub, hubKey: county.hubKey, hubAddress: nil)
        try province.register(again, scopes: [.county(632_521)])
        let writer = writer(county, scope: .county(632_521))
        try refuse(writer.seal(1...3, by: county.key), .badSignature)
        #expect(try hub.apply([writer.seal(1...3, by: other)]).newChanges == 3)
    }

    @Test func `A scope that the sender was not granted`() throws {
        let sender = try #require(try hub.member(Province.county(1).node))
        try refuse(
            writer(Province.county(2), scope: .county(632_522)).sealed, .scopeNotGranted,
            from: sender)
    }

    @Test func `Bytes that are no segment`() throws {
        try refuse([0x83, 1, 2, 3], .malformed)
    }

    @Test func `A suite of a later version`() throws {
        var bytes = writer(Province.county(2)).sealed
        bytes[1] = 2
        try refuse(bytes, .unsupported)
    }

    @Test func `A change that names another scope`() throws {
        let foreign = writer(Province.county(2), scope: .county(632_522)).changes[0].reference
        var writer = LogWriter(Province.county(2), incarnation: 9)
        writer.add(.of(foreign), parents: [foreign], [(11, [foreign], LogWriter.name("坏"))])
        try refuse(writer.sealed, .inconsistent)
    }

    @Test func `The same refusal again is counted, not listed twice`() throws {
        let bad = writer(Province.county(7)).sealed
        for _ in 0..<3 { _ = try hub.apply([bad]) }
        #expect(try hub.refusals().map(\.times) == [3])
    }

    @Test func `A registration counts for what follows in the same message`() throws {
        let hub = try Province(counties: 1).hub.store
        let fresh = try Node(Province.county(3), in: InMemoryDatabase(), seed: 1)
        _ = try hub.append(Province.registration(of: Province.county(2)))
        let message = try hub.sealed() + [writer(Province.county(2)).sealed]
        #expect(try fresh.store.apply([message[1]]).refusals.map(\.rule) == [.unknownNode])
        #expect(try fresh.store.apply(message).refusals == [])
        #expect(try fresh.store.records(ofType: Supplier.type, limit: 9).elements.count == 3)
    }
}
