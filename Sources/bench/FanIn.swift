import Rehearsal
import Store
import SyncCore

/// Many counties with what they wrote for weeks come to the hub at once.
struct FanIn {
    static let changesEach = 2_000

    let stand: Stand
    let hub: String
    let counties: [String]
    /// Of all together.
    let changes: Int

    /// The counties were set up while there was a line, and write since it is gone.
    init(of count: Int, on stand: Stand) async throws {
        self.stand = stand
        changes = Self.changesEach * count
        let identities = try (0..<count).map(stand.county)
        hub = try stand.makeHub(of: identities, "hub")
        counties = try identities.enumerated().map { number, identity in
            try stand.makeCounty(identity, "county-\(number)")
        }
        _ = try await stand.exchange(counties: counties, hub: hub)
        for (number, identity) in identities.enumerated() {
            try stand.open(counties[number]) {
                // What stays between a county and the hub: the others do not fetch it.
                let scope = identity.ownScopes.last ?? .province
                try $0.create(0..<Self.changesEach, office: number, in: scope)
            }
        }
    }

    func remove() { stand.remove([hub] + counties) }

    func exchange() async throws -> Exchange {
        let (countyCopies, hubCopy) = (try counties.map(stand.copy), try stand.copy(hub))
        defer { stand.remove([hubCopy] + countyCopies) }
        return try await stand.exchange(counties: countyCopies, hub: hubCopy)
    }

    // MARK: Figure 6

    static func measure(_ stand: Stand) async throws -> [Measurement] {
        let counties = stand.options.isQuick ? 15 : 45
        let fanIn = try await FanIn(of: counties, on: stand)
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
