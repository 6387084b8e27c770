/// Figure 3: both hold the same, a few records change at the county, and it syncs.
enum FewChanges {
    static let count = 100

    static func measure(_ stand: Stand) async throws -> [Measurement] {
        let (countyFolder, hubFolder) = try stand.makePair()
        defer { stand.remove([hubFolder, countyFolder]) }
        _ = try await stand.exchange(county: countyFolder, hub: hubFolder)
        var amount: Int64 = 1_000_000
        let runs = try await stand.repeated {
            amount += 1
            try stand.open(countyFolder) { store in
                try store.change(store.firstRecords(count), to: amount)
            }
            return try await stand.exchange(county: countyFolder, hub: hubFolder)
        }
        var time = Measurement(
            figure: 3, name: "100 of \(stand.options.size) changed", unit: "ms",
            values: runs.map { $0.seconds * 1000 }, bound: .atMost(30))
        time.detail = try Exchange.detail(runs, probedIn: stand.folder)
        return [
            time,
            Measurement(
                figure: 3, name: "100 changed: on the wire", unit: "B",
                values: runs.map { Double($0.bytes) }, bound: .atMost(12_000)),
        ]
    }
}
