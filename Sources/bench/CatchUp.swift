/// Figures 1 and 2: a county with many changes meets an empty hub.
enum CatchUp {
    static func measure(_ stand: Stand) async throws -> [Measurement] {
        let (countyFolder, hubFolder) = try stand.makePair()
        defer { stand.remove([hubFolder, countyFolder]) }
        let runs = try await stand.repeated {
            let (hubCopy, countyCopy) = (try stand.copy(hubFolder), try stand.copy(countyFolder))
            defer { stand.remove([hubCopy, countyCopy]) }
            let floor = try Floor.seconds(changes: stand.options.size, in: stand.folder)
            return (try await stand.exchange(county: countyCopy, hub: hubCopy), floor)
        }
        let size = Double(stand.options.size)
        var speed = Measurement(
            figure: 1, name: "catch-up", unit: "changes/s",
            values: runs.map { size / $0.0.seconds },
            floor: runs.map { size / $0.1 }.median, bound: .atLeast(0.7))
        speed.detail = try Exchange.detail(runs.map(\.0), probedIn: stand.folder)
        let bytes = Measurement(
            figure: 2, name: "bytes of a change on the wire", unit: "B",
            values: runs.map { Double($0.0.bytes) / size }, bound: .atMost(100),
            detail: ["json_bytes": BenchRecord.jsonBytes])
        return [speed, bytes]
    }
}
