/// What arrives: any number of times, in any split and order, with the same result.
import LogWriting
import GRDB
import Records
import SyncCore
import SyncSession
import Testing
import WireFormat

@testable import Store

@Suite struct ApplyTests {
    /// A log with creations and edits, cut anywhere.
    let writer: LogWriter
    let records: [Reference]

    init() {
        var writer = LogWriter(Province.county(2), incarnation: 5)
        var records: [Reference] = []
        for index in 0..<4 {
            let record = writer.supplier("公司\(index)")
            writer.add(
                .of(record), parents: [record], [(11, [record], LogWriter.name("新\(index)"))])
            records.append(record)
        }
        self.writer = writer
        self.records = records
    }

    func hub() throws -> Store { try Province(counties: 2).hub.store }

    func state(_ parts: [[ClosedRange<Int>]]) throws -> (projection: Digest, state: Digest) {
        let hub = try hub()
        for message in parts { _ = try hub.apply(message.map { writer.seal($0) }) }
        #expect(try hub.verify().problems == [])
        #expect(try hub.reports()[0].clock?[writer.log].map(\.sequence) == [8])
        return (try hub.projection(), try hub.stateDigest(of: .province))
    }

    @Test func `Any split of a log into messages and segments gives the same bytes`() throws {
        let whole = try state([[1...8]])
        let splits: [[[ClosedRange<Int>]]] = [
            [[1...1], [2...2], [3...8]], [[1...3, 4...8]],
            [[1...1, 2...2, 3...3], [4...7, 8...8]],
            [[1...3], [1...8]], [[1...5], [3...8]], [[1...2], [2...3], [1...4, 3...8]],
            [[1...8], [1...8]], [[1...8, 1...8]], [[1...4], [1...4], [5...8], [1...8]],
        ]
        for split in splits {
            let other = try state(split)
            #expect(other.projection == whole.projection, "\(split)")
            #expect(other.state == whole.state, "\(split)")
        }
    }

    @Test func `What was stored of a message before a failure stays`() throws {
        let node = try Province(counties: 2).hub
        let hub = try Store(
            inMemory: node.database, identity: nil, changesPerTransaction: 3,
            clock: node.source.clock, random: node.source.random)
        func tips() throws -> [UInt64] {
            try hub.reports(of: [.province])[0].clock?[writer.log].map(\.sequence) ?? []
        }
        let message = [1...2, 3...4, 5...6, 7...8].map { writer.seal($0) }
        try node.database.queue.write { db in
            try db.execute(
                sql: """
                    CREATE TEMP TRIGGER fails BEFORE INSERT ON segment WHEN NEW.first_sequence = 7
                    BEGIN SELECT RAISE(ABORT, 'fails'); END
                    """)
        }
        #expect(throws: (any Error).self) { try hub.apply(message) }
        #expect(try tips() == [4])
        try node.database.queue.write { db in try db.execute(sql: "DROP TRIGGER fails") }
        let report = try hub.apply(message)
        #expect(report.held.count == 4 && report.newChanges == 4)
        #expect(try tips() == [8])
        #expect(try hub.projection() == state([[1...8]]).projection)
    }

    @Test func `A whole message twice changes nothing the second time`() throws {
        let hub = try hub()
        let message = [writer.seal(1...4), writer.seal(5...8)]
        #expect(try hub.apply(message).newChanges == 8)
        let before = try hub.projection()
        let report = try hub.apply(message)
        #expect(report.newChanges == 0)
        #expect(report.held.count == 2)
        #expect(try hub.projection() == before)
        #expect(try hub.segments(of: writer.log).count == 2)
    }

    @Test func `An edit finds a record that came in the segment before it`() throws {
        let hub = try hub()
        _ = try hub.apply([writer.seal(1...2)])
        _ = try hub.apply([writer.seal(3...3), writer.seal(4...4)])
        _ = try hub.apply([writer.seal(5...6)])
        #expect(try hub.status().waiting == 0)
        #expect(try records.prefix(3).map(hub.names) == [["新0"], ["新1"], ["新2"]])
        #expect(try hub.rebuild())
    }

    @Test func `Overlapping segments are sent on, and whoever gets them holds the same`() throws {
        let hub = try hub()
        for part in [1...3, 2...5, 1...8] { _ = try hub.apply([writer.seal(part)]) }
        let other = try self.hub()
        _ = try other.apply(try hub.segments(of: writer.log).map(\.encoded))
        #expect(try other.stateDigest(of: .province) == hub.stateDigest(of: .province))
        #expect(try other.verify().problems == [])
    }

    @Test func `Logs in any order of arrival give the same state and the same conflicts`() throws {
        let province = try Province(counties: 3)
        try province.settle()
        let first = province.counties[0].store
        let record = try first.newSupplier("甲公司", code: 1)
        try province.settle()
        for (index, county) in province.counties.enumerated() {
            try county.store.rename(record, "公司\(index)")
            _ = try county.store.newSupplier("重复\(index)", code: 1)
        }
        try province.settle()
        let expected = try province.hub.store.stateDigest(of: .province)
        let names = try province.hub.store.conflictNames()
        #expect(names.count == 2)
        let segments = try province.hub.store.sealed()
        let (control, rest) = (segments.prefix(1), Array(segments.dropFirst()))
        for order in permutations(rest.count) {
            let county = try Node(Province.county(4), in: InMemoryDatabase(), seed: 3).store
            for segment in control + order.map({ rest[$0] }) { _ = try county.apply([segment]) }
            // A log's later part has nowhere to go before its first: it comes again.
            for segment in segments { _ = try county.apply([segment]) }
            #expect(try county.stateDigest(of: .province) == expected)
            #expect(try county.conflictNames() == names)
            #expect(try county.rebuild())
        }
    }

    func permutations(_ count: Int) -> [[Int]] {
        if count == 0 { return [[]] }
        return permutations(count - 1).flatMap { shorter in
            (0...shorter.count).map { place in
                shorter[..<place] + [count - 1] + shorter[place...]
            }
        }
    }

    @Test func `A known segment of 512 changes is recognised at once`() throws {
        var long = LogWriter(Province.county(2), incarnation: 6, lane: .events)
        for index in 0..<512 { _ = long.supplier("公司\(index)") }
        let hub = try hub()
        _ = try hub.apply([long.sealed])
        let start = ContinuousClock.now
        #expect(try hub.apply([long.sealed]).newChanges == 0)
        #expect(try hub.apply([long.seal(1...100)]).newChanges == 0)
        #expect(ContinuousClock.now - start < .seconds(2))
    }
}
