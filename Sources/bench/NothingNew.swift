/// Figure 4: both hold the same, and the county asks; also right after it sent very much.
enum NothingNew {
    static let asks = 50

    private struct Run {
        /// The first ask after the push.
        let first: Exchange
        let later: [Exchange]
        /// Of the later ones together.
        let requests: Int
    }

    static func measure(_ stand: Stand) async throws -> [Measurement] {
        let (countyFolder, hubFolder) = try stand.makePair()
        defer { stand.remove([hubFolder, countyFolder]) }
        let runs = try await stand.repeated { try await run(stand, countyFolder, hubFolder) }
        let later = runs.flatMap(\.later)
        let count = Double(later.count)
        return [
            Measurement(
                figure: 4, name: "nothing new among \(stand.options.size)", unit: "ms",
                values: runs.map { $0.later.map { $0.seconds * 1000 }.median }, bound: .atMost(2),
                detail: [
                    "requests": Double(runs.reduce(0) { $0 + $1.requests }) / count,
                    "cpu_ms_county": later.reduce(0) { $0 + $1.countyCPU } * 1000 / count,
                    "cpu_ms_hub": later.reduce(0) { $0 + $1.hubCPU } * 1000 / count,
                ]),
            Measurement(
                figure: 4, name: "nothing new: on the wire", unit: "B",
                values: runs.map { $0.later.map { Double($0.bytes) }.median }, bound: .atMost(900)),
            Measurement(
                figure: 4, name: "nothing new, right after a push", unit: "ms",
                values: runs.map { $0.first.seconds * 1000 }, bound: .atMost(2),
                detail: ["wire_bytes": runs.map { Double($0.first.bytes) }.median]),
        ]
    }

    private static func run(
        _ stand: Stand, _ countyFolder: String, _ hubFolder: String
    ) async throws -> Run {
        let (countyCopy, hubCopy) = (try stand.copy(countyFolder), try stand.copy(hubFolder))
        defer { stand.remove([countyCopy, hubCopy]) }
        let county = try await stand.start(county: countyCopy)
        let (hub, line) = try await stand.start(hub: hubCopy)
        // Nothing else is asked of the hub in between.
        _ = try await Exchange.measure([county], hub, over: line, counts: false)
        let first = try await Exchange.measure([county], hub, over: line, counts: false)
        let requestsBefore = try await Exchange.requests(of: hub)
        var later: [Exchange] = []
        for _ in 0..<asks {
            later.append(try await Exchange.measure([county], hub, over: line, counts: false))
        }
        let requests = try await Exchange.requests(of: hub) - requestsBefore
        try await stand.stopAll()
        return Run(first: first, later: later, requests: requests)
    }
}
