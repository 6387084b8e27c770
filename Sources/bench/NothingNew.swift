/// Figure 4: both hold the same, and the county asks; also right after it sent very much.
enum NothingNew {
    static let asks = 50

    static func measure(_ stand: Stand) async throws -> [Measurement] {
        let (countyFolder, hubFolder) = try stand.makePair()
        defer { stand.remove([hubFolder, countyFolder]) }
        let county = try await stand.start(county: countyFolder)
        let (hub, line) = try await stand.start(hub: hubFolder)
        _ = try await Exchange.measure([county], hub, over: line)
        let first = try await Exchange.measure([county], hub, over: line)
        let requestsBefore = try await Exchange.requests(of: hub)
        var asked: [Exchange] = []
        for _ in 0..<asks {
            asked.append(try await Exchange.measure([county], hub, over: line, counts: false))
        }
        let requests = try await Exchange.requests(of: hub) - requestsBefore
        try await stand.stopAll()
        let countyCPU = asked.reduce(0) { $0 + $1.countyCPU } * 1000 / Double(asks)
        let hubCPU = asked.reduce(0) { $0 + $1.hubCPU } * 1000 / Double(asks)
        return [
            Measurement(
                figure: 4, name: "nothing new among \(stand.options.size)", unit: "ms",
                values: asked.map { $0.seconds * 1000 }, bound: .atMost(2),
                detail: [
                    "requests": Double(requests) / Double(asks),
                    "cpu_ms_county": countyCPU, "cpu_ms_hub": hubCPU,
                ]),
            Measurement(
                figure: 4, name: "nothing new: on the wire", unit: "B",
                values: asked.map { Double($0.bytes) }, bound: .atMost(900)),
            Measurement(
                figure: 4, name: "nothing new, right after a push", unit: "ms",
                values: [first.seconds * 1000], bound: .atMost(2),
                detail: ["requests": Double(first.requests), "wire_bytes": Double(first.bytes)]),
        ]
    }
}
