import APIClient
import Records
import Rehearsal
import Store
import SyncCore

/// Figure 5: records that were edited at the county and at the hub, neither seeing the other: they
/// sync, and all conflicts are listed with the last agreed value and both sides.
///
/// Credit records, since the list shows values of types that it knows.
enum BothSides {
    static let edited = 1_000
    static let firstPageOf = 10_000
    /// How often each list is looked at.
    static let looks = 10

    static func measure(_ stand: Stand) async throws -> [Measurement] {
        let (countyFolder, hubFolder) = try stand.makePair { store in
            try store.append(each: 0..<edited + firstPageOf) { CreditSample($0).creation }
            try store.sealTail()
        }
        defer { stand.remove([hubFolder, countyFolder]) }
        _ = try await stand.exchange(county: countyFolder, hub: hubFolder)
        var lists: [Double] = []
        var firstPages: [Double] = []
        let runs = try await stand.repeated {
            let (hubCopy, countyCopy) = (try stand.copy(hubFolder), try stand.copy(countyFolder))
            defer { stand.remove([hubCopy, countyCopy]) }
            let exchange = try await edit(0..<edited, countyCopy, hubCopy, stand) { hub in
                for _ in 0..<looks { lists.append(try await list(hub, all: true)) }
            }
            _ = try await edit(edited..<edited + firstPageOf, countyCopy, hubCopy, stand) { hub in
                for _ in 0..<looks { firstPages.append(try await list(hub, all: false)) }
            }
            return exchange
        }
        return [
            Measurement(
                figure: 5, name: "\(edited) edited on both sides", unit: "s",
                values: runs.map(\.seconds), bound: .atMost(0.2),
                detail: try Exchange.detail(runs, probedIn: stand.folder)),
            Measurement(
                figure: 5, name: "edited on both sides: on the wire", unit: "kB",
                values: runs.map { Double($0.bytes) / 1000 }, bound: .atMost(500)),
            Measurement(
                figure: 5, name: "\(edited) conflicts listed", unit: "ms", values: lists,
                bound: .atMost(20)),
            Measurement(
                figure: 5, name: "first page of \(firstPageOf) conflicts", unit: "ms",
                values: firstPages, bound: .atMost(50)),
        ]
    }

    /// Edits these records on both sides, syncs, and looks at the hub while it runs.
    private static func edit(
        _ range: Range<Int>, _ countyFolder: String, _ hubFolder: String, _ stand: Stand,
        look: (NodeProcess) async throws -> Void
    ) async throws -> Exchange {
        for (folder, side) in [(countyFolder, "县"), (hubFolder, "省")] {
            try stand.open(folder) { store in
                let records = try store.creditRecords(range.upperBound)
                try store.append(each: range) { index in
                    try CreditSample.edit(of: store.shown(records[index]), by: side)
                }
            }
        }
        let county = try await stand.start(county: countyFolder)
        let (hub, line) = try await stand.start(hub: hubFolder)
        let exchange = try await Exchange.measure([county], hub, over: line)
        try await look(hub)
        try await stand.stopAll()
        return exchange
    }

    /// Milliseconds until the last byte is here.
    private static func list(_ hub: NodeProcess, all: Bool) async throws -> Double {
        let clock = ContinuousClock()
        let begun = clock.now
        var pages: [[UInt8]] = []
        var cursor: String?
        repeat {
            let query = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try await hub.get("/api/v1/conflicts?limit=\(all ? 500 : 50)" + query)
            pages.append(page.body)
            cursor = all ? next(after: page.body) : nil
        } while cursor != nil
        let milliseconds = (clock.now - begun) / .milliseconds(1)
        let count = pages.reduce(0) { $0 + (JSON(decoding: $1)?["conflicts"]?.array?.count ?? 0) }
        if all, count != edited {
            throw NodeProcess.Broken(description: "\(count) conflicts, not \(edited)")
        }
        return milliseconds
    }

    /// Without reading the whole page: that is the reader's time, not the hub's.
    private static func next(after page: [UInt8]) -> String? {
        let end = String(decoding: page.suffix(200), as: UTF8.self)
        return end.firstMatch(of: /"next":"([^"]+)"}$/).map { String($0.output.1) }
    }
}

/// A credit record about as long as the others.
struct CreditSample {
    let index: Int

    init(_ index: Int) { self.index = index }

    var creation: Edit {
        Edit(
            target: .new(
                type: CreditRecord.type.name, scope: .province, lane: CreditRecord.type.lane),
            basis: .nothing,
            writes: [
                CreditRecord.Group.basis: .fields([
                    CreditRecord.source: .text("PERFORMANCE"),
                    CreditRecord.decisionBody: .text("示例县机关事务服务中心"),
                    CreditRecord.decisionNo: .text("〔2026〕\(index)号"),
                ]),
                CreditRecord.Group.conduct: .fields([
                    CreditRecord.polarity: .text("BAD"),
                    CreditRecord.facts: .text("第\(index)次抽查发现保洁人员未按合同约定到岗，经书面通知后整改。"),
                ]),
                CreditRecord.Group.standing: .fields([CreditRecord.severity: .text("SLIGHT")]),
            ], author: "bench", schemaVersion: CreditRecord.type.schemaVersion)
    }

    static func edit(of shown: StoredRecord, by side: String) -> Edit {
        Edit(
            target: .existing(shown.state.record), basis: .token(shown.token),
            writes: [
                CreditRecord.Group.conduct: .fields([
                    CreditRecord.facts: .text("\(side)级复核：保洁人员未按合同约定到岗，共\(side.count + 2)人次。")
                ])
            ], author: "bench", schemaVersion: CreditRecord.type.schemaVersion)
    }
}

extension Store {
    /// The first so many.
    fileprivate func creditRecords(_ count: Int) throws -> [Reference] {
        try records(ofType: CreditRecord.type, limit: count).elements.map(\.state.record)
    }
}
