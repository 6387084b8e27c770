import Rehearsal
import Service
import Store
import SyncCore

/// Many counties that wrote for weeks without a line come to the hub at once.
struct FanIn {
    static let changesEach = 2_000

    let stand: Stand
    let identities: [Identity]
    let hub: String
    let counties: [String]

    var changes: Int { Self.changesEach * counties.count }

    init(of count: Int, on stand: Stand) throws {
        self.stand = stand
        identities = try (0..<count).map(stand.county)
        hub = try stand.makeHub(of: identities, "hub")
        counties = try identities.enumerated().map { number, identity in
            try stand.makeCounty(identity, "county-\(number)")
        }
    }

    func remove() { stand.remove([hub] + counties) }

    /// All have met the hub. The counties have been up since, and wrote; the hub is started anew.
    func exchange() async throws -> Exchange {
        let (countyCopies, hubCopy) = (try counties.map(stand.copy), try stand.copy(hub))
        defer { stand.remove([hubCopy] + countyCopies) }
        let before = try await stand.start(hub: hubCopy)
        let running = try countyCopies.enumerated().map { number, folder in
            try HostedCounty("county-\(number)", folder: folder)
        }
        _ = try await Exchange.measure(running, before.hub, over: before.line)
        // Past the loops, which wait for news and send nothing: the line is gone when they look.
        for (number, identity) in identities.enumerated() {
            // What stays between a county and the hub: the others do not fetch it.
            let scope = identity.ownScopes.last ?? .province
            try running[number].node.store.create(0..<Self.changesEach, office: number, in: scope)
        }
        try await stand.stopAll()
        let now = try await stand.start(hub: hubCopy)
        let exchange = try await Exchange.measure(running, now.hub, over: now.line)
        for county in running { try await county.stop() }
        try await stand.stopAll()
        return exchange
    }

    // MARK: Figure 6

    static func measure(_ stand: Stand) async throws -> [Measurement] {
        let counties = stand.options.isQuick ? 15 : 45
        let fanIn = try FanIn(of: counties, on: stand)
        defer { fanIn.remove() }
        let runs = try await stand.repeated {
            let floor = try Floor.seconds(changes: fanIn.changes, in: stand.folder)
            return (try await fanIn.exchange(), floor)
        }
        return [
            Measurement(
                figure: 6, name: "\(counties) counties with \(changesEach) each, at once",
                unit: "s",
                values: runs.map { $0.0.seconds }, floor: runs.map(\.1).median,
                bound: .atMost(1.5),
                detail: try Exchange.detail(runs.map(\.0), probedIn: stand.folder)),
            Measurement(
                figure: 6, name: "at once: on the wire", unit: "MB",
                values: runs.map { Double($0.0.bytes) / 1_000_000 }, bound: .atMost(10)),
        ]
    }
}
