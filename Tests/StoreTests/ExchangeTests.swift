/// How many requests an exchange takes, what goes into them, and what an idle one leaves alone.
import Foundation
import GRDB
import Records
import SyncCore
import Testing
import WireFormat

@testable import Store
@testable import SyncSession

@Suite struct ExchangeTests {
    let province: Province
    let county: Node
    let other: Node

    init() throws {
        province = try Province(counties: 2)
        (county, other) = (province.counties[0], province.counties[1])
        _ = try county.store.newSupplier("甲公司")
        try province.settle()
        try province.settle()
    }

    func writes(_ store: Store) throws -> Int? {
        try store.writer.writeWithoutTransaction { db in
            try Int.fetchOne(db, sql: "SELECT total_changes()")
        }
    }

    @Test func `One small request when nothing is new, and nobody writes`() throws {
        try county.sync(with: province.hub.store)
        let before = try [county.store, province.hub.store].map(writes)
        for _ in 0..<3 {
            let exchanges = try county.sync(with: province.hub.store)
            #expect(exchanges.count == 1)
            #expect(exchanges[0].request.scopes.allSatisfy { $0.clock == nil })
            #expect(exchanges[0].request.receiptsWanted == [])
            #expect(MessageCodec.encode(exchanges[0].request).count < 200)
        }
        #expect(try [county.store, province.hub.store].map(writes) == before)
    }

    @Test func `Who asks during an exchange is not answered with how that one failed`() throws {
        let county = try Province(counties: 1).counties[0].store
        var session = CountySession(views: try county.hubViews(), seed: 1)
        func prepare(_ effects: [CountySession.Effect]) throws {
            guard case .prepare(let plan)? = effects.first, effects.count == 1 else {
                Issue.record("not prepared: \(effects)")
                return
            }
            let sent = session.handle(.prepared(try county.prepare(plan)))
            guard case .send? = sent.first else {
                Issue.record("not sent: \(sent)")
                return
            }
        }
        try prepare(session.handle(.start))
        #expect(session.handle(.start).isEmpty)
        try prepare(session.handle(.failed(.unreachable("cut"))))
        #expect(session.lastFailure == nil)
        // Once is enough.
        guard case .wait? = session.handle(.failed(.unreachable("cut"))).first else {
            Issue.record("it does not wait")
            return
        }
        #expect(session.lastFailure == .unreachable("cut"))
    }

    @Test func `An idle exchange touches no file`() throws {
        let folders = try (0..<2).map { _ in try TemporaryFolder() }
        let owned = try folders.map { try DataFolder(path: $0.path) }
        try Store.create(Province.hubIdentity, in: owned[0])
        try Store.create(Province.county(1), in: owned[1])
        let (hub, node) = (try Store(folder: owned[0]), try Store(folder: owned[1]))
        _ = try hub.append(Province.registration(of: Province.county(1)))
        _ = try node.newSupplier("甲公司")
        var session = CountySession(views: try node.hubViews(), seed: 1)
        let member = try #require(try hub.member(node.identity.node))
        func exchange() throws {
            var effects = session.handle(.localChange)
            while !effects.isEmpty {
                switch effects.removeFirst() {
                case .prepare(let plan):
                    effects += session.handle(.prepared(try node.prepare(plan)))
                case .send(let request):
                    effects += session.handle(
                        .answered(try hub.exchange(request, from: member).answer))
                case .absorb(let answer, let sent):
                    effects += session.handle(.absorbed(try node.absorb(answer, sent: sent)))
                case .listen, .wait: continue
                }
            }
        }
        func bytes() throws -> [Data] {
            try folders.flatMap { folder in
                try ["", "-wal"].map {
                    try Data(contentsOf: URL(fileURLWithPath: folder.database + $0))
                }
            }
        }
        for _ in 0..<3 { try exchange() }
        let before = try bytes()
        try exchange()
        #expect(try bytes() == before)
        #expect(try node.stateDigest(of: .province) == hub.stateDigest(of: .province))
    }

    @Test func `One request when only the county changed`() throws {
        _ = try county.store.newSupplier("乙公司")
        _ = try county.store.newLog("一号楼")
        let exchanges = try county.sync(with: province.hub.store)
        #expect(exchanges.count == 1)
        #expect(exchanges[0].request.segments.count == 2)
        #expect(exchanges[0].answer.receipts.count == 2)
        #expect(try county.store.status().pendingUpload == 0)
    }

    @Test func `Two requests when the hub has news that nobody announced`() throws {
        _ = try province.hub.store.newSupplier("乙公司")
        #expect(try county.sync(with: province.hub.store).count == 2)
        #expect(try county.sync(with: province.hub.store).count == 1)
    }

    @Test func `After a restart the node knows what the hub had`() throws {
        try county.restart()
        let exchanges = try county.sync(with: province.hub.store)
        #expect(exchanges.count == 1)
        #expect(exchanges[0].request.segments.isEmpty)
    }

    @Test func `A budget stops after the segment that passes it`() throws {
        for index in 0..<5 {
            _ = try county.store.newSupplier("公司\(index)")
            try county.store.sealTail()
        }
        let view = HubView(scope: .province)
        let plan = { (bytes: Int) in
            ExchangePlan(
                scopes: [ExchangePlan.ScopePlan(view: view, sendsClock: true)], marks: [],
                budgetBytes: bytes)
        }
        let all = try county.store.prepare(plan(1 << 20)).segments
        #expect(try county.store.prepare(plan(1)).segments == Array(all.prefix(1)))
        let two = all[0].count + 1
        #expect(try county.store.prepare(plan(two)).segments == Array(all.prefix(2)))

        let member = try #require(try province.hub.store.member(other.node))
        _ = try county.sync(with: province.hub.store)
        let request = ExchangeRequest(
            scopes: [ScopeReport(scope: .province, digest: .zero, clock: .empty)],
            answerBudgetBytes: 1)
        let answer = try province.hub.store.exchange(request, from: member).answer
        #expect(answer.segments.count == 1)
        #expect(answer.hasMore)
    }

    @Test func `Redelivery earns the same receipts`() throws {
        _ = try county.store.newSupplier("乙公司")
        let first = try #require(try county.sync(with: province.hub.store).first)
        let member = try #require(try province.hub.store.member(county.node))
        let before = try writes(province.hub.store)
        let again = try province.hub.store.exchange(first.request, from: member)
        #expect(again.answer.receipts == first.answer.receipts)
        #expect(again.applied.newChanges == 0)
        #expect(try writes(province.hub.store) == before)
    }

    struct Lost: Error {}

    @Test func `After a lost answer the changes are sent again and receipted`() throws {
        _ = try county.store.newSupplier("乙公司")
        try county.sync(with: province.hub.store) { _ in throw Lost() }
        #expect(try county.store.status().pendingUpload == 1)
        try county.sync(with: province.hub.store)
        #expect(try county.store.status().pendingUpload == 0)
        let log = try #require(try county.store.status().logs.first { $0.log.node == county.node })
        #expect(log.receiptedThrough == log.changes)
    }

    @Test func `Receipts that got lost are asked for later`() throws {
        _ = try county.store.newSupplier("乙公司")
        try county.sync(with: province.hub.store) { $0.receipts = [] }
        let exchanges = try county.sync(with: province.hub.store)
        #expect(exchanges[0].request.receiptsWanted.count == 1)
        #expect(exchanges[0].request.segments.isEmpty)
        let log = try #require(try county.store.status().logs.first { $0.log.node == county.node })
        #expect(log.receiptedThrough == log.changes)
        #expect(try county.sync(with: province.hub.store)[0].request.receiptsWanted == [])
    }

    @Test func `A receipt that the hub did not sign is not kept`() throws {
        _ = try county.store.newSupplier("乙公司")
        try county.sync(with: province.hub.store) { answer in
            answer.receipts = answer.receipts.map {
                Receipt(
                    log: $0.log, sequence: $0.sequence, hash: $0.hash,
                    signature: [UInt8](repeating: 1, count: 64))
            }
        }
        #expect(try county.store.verify().problems == [])
        let log = try #require(try county.store.status().logs.first { $0.log.node == county.node })
        #expect(log.receiptedThrough == 1)
    }

    @Test func `A log that was refused holds up no other scope`() throws {
        let incarnation = county.store.identity.incarnation
        _ = try county.store.newSupplier("乙公司")
        let entry = try county.store.newLog("楼")
        let refused = LogID(
            node: county.node, incarnation: incarnation, scope: .province, lane: .records)
        let views = try county.store.hubViews()
        let plan = ExchangePlan(
            scopes: views.map { ExchangePlan.ScopePlan(view: $0, sendsClock: true) }, marks: [],
            budgetBytes: 1, answerBudgetBytes: 1, deferred: [refused], withholdsSegments: false)
        let segments = try county.store.prepare(plan).segments
        #expect(try segments.map { try SegmentCodec.decode($0).log } == [entry.log])
    }

    @Test func `A full run is sealed as it is written`() throws {
        for index in 0..<1030 { _ = try county.store.newLog("楼\(index)") }
        let log = LogID(
            node: county.node, incarnation: county.store.identity.incarnation,
            scope: .county(632_521), lane: .events)
        #expect(try county.store.segments(of: log).map(\.lastSequence) == [512, 1024])
        #expect(try county.store.status().unsealed == 6)
        try province.settle()
        #expect(try county.store.segments(of: log).map(\.changes.count) == [512, 512, 6])
        #expect(try province.hub.store.verify().problems == [])
        #expect(
            try province.hub.store.stateDigest(of: .county(632_521))
                == county.store.stateDigest(of: .county(632_521)))
    }

    @Test func `A crash between any two steps loses nothing`() throws {
        _ = try county.store.newSupplier("乙公司")
        try county.restart()
        try county.sync(with: province.hub.store) { _ in throw Lost() }
        try county.restart()
        _ = try other.store.newSupplier("丙公司")
        try province.settle()
        for store in province.stores {
            #expect(try store.records(ofType: Supplier.type, limit: 9).elements.count == 3)
            #expect(try store.verify().problems == [])
        }
    }
}
