/// Damaged segments come back from those who hold them.
import GRDB
import Records
import SyncCore
import Testing
import WireFormat

@testable import Store

extension Store {
    /// The store's segments, ascending.
    func segmentKeys() throws -> [Int64] {
        try read { try Int64.fetchAll($0, sql: "SELECT key FROM segment ORDER BY key") }
    }

    /// Flips a bit in the middle of stored segments.
    func flip(_ keys: [Int64]) throws {
        try write { db in
            for key in keys {
                let row = try Row.fetchOne(
                    db, sql: "SELECT encoded FROM segment WHERE key = ?", arguments: [key])
                var bytes = try #require(row).bytes(0)
                bytes[bytes.count / 2] ^= 1
                try db.execute(
                    sql: "UPDATE segment SET encoded = ? WHERE key = ?",
                    arguments: [bytes.blob, key])
            }
        }
    }
}

@Suite struct RepairTests {
    let province = try! Province(counties: 2)
    var county: Store { province.counties[0].store }
    var hub: Store { province.hub.store }

    /// Some segments in each of some logs, the same here and at the hub.
    init() throws {
        for index in 0..<4 {
            for county in province.counties {
                _ = try county.store.newSupplier("公司\(index)", code: index + 1)
                _ = try county.store.newLog("\(index)号楼")
            }
            try province.settle()
        }
        #expect(try county.segmentKeys().count > 8)
    }

    /// As the service does it; returns how many exchanges it took.
    private func repair(_ store: Store, budgetBytes: Int) throws -> Int {
        var damage = try store.damage()
        var exchanges = 0
        let member = try #require(try hub.member(store.identity.node))
        while let request = damage.request(answerBudgetBytes: budgetBytes) {
            let answer = try hub.exchange(request, from: member).answer
            exchanges += 1
            #expect(damage.take(answer.segments) > 0)
        }
        #expect(try store.repair(with: damage.segments) == damage.segments.count)
        return exchanges
    }

    @Test func `Nothing damaged, nothing asked`() throws {
        let damage = try county.damage()
        #expect(damage.logs.isEmpty && damage.request() == nil)
        #expect(try county.repair(with: []) == 0)
    }

    @Test func `All segments come back, however little an answer holds`() throws {
        let before = try county.stateDigest(of: .province)
        let keys = try county.segmentKeys()
        for budgetBytes in [1, Limits.exchangeBudgetBytes] {
            try county.flip(keys)
            #expect(try !county.verify().isSound)
            #expect(county.knownDamage != nil)
            let exchanges = try repair(county, budgetBytes: budgetBytes)
            #expect(exchanges == (budgetBytes == 1 ? keys.count : 1))
            #expect(try county.verify().problems == [])
            #expect(county.knownDamage == nil)
            #expect(try county.rebuild())
            #expect(try county.stateDigest(of: .province) == before)
        }
    }

    @Test func `Only what is missing is asked for`() throws {
        let keys = try county.segmentKeys()
        try county.flip([keys[1], keys[keys.count - 1]])
        var damage = try county.damage()
        let request = try #require(damage.request(answerBudgetBytes: 1))
        let member = try #require(try hub.member(county.identity.node))
        let answer = try hub.exchange(request, from: member).answer
        #expect(answer.segments.count <= request.scopes.count)
        #expect(damage.take(answer.segments) == answer.segments.count)
        // What was sent once is not asked for again.
        #expect(damage.take(answer.segments) == 0)
    }

    @Test func `A log that nobody can mend holds up no other`() throws {
        let logs = try county.status().logs.map(\.log)
        let keys = try county.segmentKeys()
        try county.flip(keys)
        let log = try #require(logs.first { $0.node == county.identity.node })
        let sent = try hub.segments(of: log).map(\.encoded)
        #expect(try county.repair(with: sent) == sent.count)
        let damage = try county.damage()
        #expect(damage.logs == logs.filter { $0 != log })
        #expect(damage.lackingLogs == damage.logs)
        // Half of a log is nothing.
        let other = try #require(damage.logs.first)
        let half = try hub.segments(of: other).map(\.encoded).dropLast()
        #expect(try county.repair(with: Array(half)) == 0)
        #expect(try county.damage().logs == damage.logs)
    }

    @Test func `Bytes of others, and damaged ones, change nothing`() throws {
        let keys = try county.segmentKeys()
        let stored = try county.exportedAll()
        try county.flip([keys[0]])
        let damaged = try county.exportedAll()
        var damage = try county.damage()
        #expect(damage.take(damaged) == 0)
        #expect(damage.take([[], [1, 2, 3], Array(repeating: 0, count: 100)]) == 0)
        #expect(damage.take(stored) == 1)
        #expect(try county.repair(with: damage.segments) == 1)
        #expect(try county.verify().problems == [])
    }

    @Test func `A peer whose own copy is damaged is not asked for ever`() throws {
        try county.flip(county.segmentKeys())
        try hub.flip(hub.segmentKeys())
        var damage = try county.damage()
        let member = try #require(try hub.member(county.identity.node))
        var exchanges = 0
        while let request = damage.request() {
            let answer = try hub.exchange(request, from: member).answer
            #expect(damage.take(answer.segments) == 0)
            damage.giveUp(after: answer)
            exchanges += 1
        }
        #expect((1...damage.logs.count).contains(exchanges))
    }

    /// A tip of a branch would say that the stretch before it is here.
    @Test func `The stretch before a fork, and a branch of it`() throws {
        let twins = try ForkTests.Twins(sealsFirst: true)
        try twins.exchangeAll()
        let store = twins.province.counties[1].store
        let hub = twins.province.hub.store
        let member = try #require(try hub.member(store.identity.node))
        for key in try store.segmentKeys() {
            try store.flip([key])
            var damage = try store.damage()
            let request = try #require(damage.request())
            #expect(damage.take(try hub.exchange(request, from: member).answer.segments) == 1)
            #expect(damage.request() == nil)
            #expect(try store.repair(with: damage.segments) == 1)
            #expect(try store.verify().problems == [])
        }
        try store.flip(store.segmentKeys())
        var damage = try store.damage()
        let request = try #require(damage.request())
        _ = damage.take(try hub.exchange(request, from: member).answer.segments)
        #expect(try store.repair(with: damage.segments) == store.segmentKeys().count)
        #expect(try store.verify().problems == [])
    }

    /// Its bytes still decode, to changes with other hashes.
    @Test func `A flipped bit is not taken for another branch of a log`() throws {
        let keys = try county.segmentKeys()
        let intact = try county.exportedAll()
        for key in keys {
            try county.flipUnseen(key)
            for segment in intact { _ = try? county.apply([segment]) }
            #expect(try county.status().logs.allSatisfy { $0.branches == 1 })
        }
        #expect(try county.repair(with: intact) == keys.count)
        #expect(try county.verify().problems == [])
    }

    /// Registrations say whose signatures count: they come back first.
    @Test func `Segments and the projection damaged at once`() throws {
        let before = try county.projection()
        try county.flip(county.segmentKeys())
        try county.write { try $0.execute(sql: "DELETE FROM member; DELETE FROM story") }
        let sent = try hub.exportedAll()
        #expect(try county.repair(with: sent) > 0)
        #expect(try county.repair(with: sent) > 0)
        #expect(try county.damage().logs == [])
        #expect(try county.rebuild() == false)
        #expect(try county.projection() == before)
        #expect(try county.verify().problems == [])
    }

    @Test func `Whoever sends what the other side refuses looks at what it holds`() throws {
        let before = Set(try county.segmentKeys())
        _ = try county.newSupplier("新公司")
        try county.sealTail()
        try county.flip(county.segmentKeys().filter { !before.contains($0) })
        #expect(county.knownDamage == nil)
        try province.counties[0].sync(with: hub)
        #expect(county.knownDamage != nil)
    }

    @Test func `A hub that sends what a county refuses looks at what it holds`() throws {
        let before = Set(try hub.segmentKeys())
        _ = try hub.newSupplier("新公司")
        try hub.sealTail()
        try hub.flip(hub.segmentKeys().filter { !before.contains($0) })
        try province.counties[0].sync(with: hub)
        try province.counties[0].sync(with: hub)
        #expect(hub.knownDamage != nil)
    }
}

extension Store {
    fileprivate func exportedAll() throws -> [[UInt8]] {
        try status().logs.flatMap { try exportedSegments(of: $0.log)?.encoded ?? [] }
    }

    /// One bit of a stored segment, so that it reads as other changes.
    fileprivate func flipUnseen(_ key: Int64) throws {
        try write { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT encoded, last_hash FROM segment WHERE key = ?", arguments: [key])
            let bytes = try #require(row).bytes(0)
            let hash = try #require(row).digest(1)
            let flipped = bytes.indices.lazy.map { index in
                var flipped = bytes
                flipped[index] ^= 1
                return flipped
            }.first { (try? SegmentCodec.decode($0)).map { $0.lastHash != hash } ?? false }
            try db.execute(
                sql: "UPDATE segment SET encoded = ? WHERE key = ?",
                arguments: [#require(flipped).blob, key])
        }
    }
}
