import Rehearsal

/// Figure 9: what nodes take of the machine. The largest since the process began, but for the idle
/// county.
enum Memory {
    static func measure(_ stand: Stand) async throws -> [Measurement] {
        func figure(_ name: String, _ mebibytes: Double, atMost bound: Double) -> Measurement {
            Measurement(
                figure: 9, name: "memory of " + name, unit: "MiB", values: [mebibytes],
                bound: .atMost(bound))
        }
        let size = stand.options.size
        let (writer, county) = (try stand.county(0), try stand.county(1))
        let hubFolder = try stand.makeHub(of: [writer, county], "hub")
        let writerFolder = try stand.makeCounty(writer, "writer") { try $0.create(0..<size) }
        let countyFolder = try stand.makeCounty(county, "county") {
            try $0.create(0..<size, office: 1)
        }
        _ = try await stand.exchange(county: writerFolder, hub: hubFolder)
        let both = try await stand.exchange(county: countyFolder, hub: hubFolder)
        let idle = try await idle(countyFolder, hubFolder, stand)
        stand.remove([writerFolder, countyFolder, hubFolder])
        let counties = stand.options.isQuick ? 15 : 205
        let fanIn = try FanIn(of: counties, on: stand)
        defer { fanIn.remove() }
        let atOnce = try await fanIn.exchange()
        return [
            figure("an idle county with \(2 * size) records", idle, atMost: 64),
            figure(
                "a county that sends \(size) changes and takes as many", both.countyPeakMiB ?? 0,
                atMost: 96),
            figure("its hub", both.hubPeakMiB, atMost: 96),
            figure("a hub with \(counties) counties at once", atOnce.hubPeakMiB, atMost: 256),
        ]
    }

    /// After a sync, with nothing to do.
    private static func idle(
        _ countyFolder: String, _ hubFolder: String, _ stand: Stand
    ) async throws -> Double {
        let county = try await stand.start(county: countyFolder)
        let (hub, line) = try await stand.start(hub: hubFolder)
        _ = try await Exchange.measure([county], hub, over: line)
        try await Task.sleep(for: .seconds(1))
        guard let process = await county.processID else {
            throw NodeProcess.Broken(description: "the county ended")
        }
        let usage = try Usage(of: process)
        try await stand.stopAll()
        return usage.residentMiB
    }
}
