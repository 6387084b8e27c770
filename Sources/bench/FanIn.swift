import Rehearsal
import Store
import SyncCore

/// Figure 6: many counties with what they wrote for weeks come to the hub at once.
enum FanIn {
    static let counties = 45
    static let changesEach = 2_000

    static func measure(_ stand: Stand) async throws -> [Measurement] {
        let changes = stand.options.isQuick ? 200 : changesEach
        let identities = try (0..<counties).map(stand.county)
        let hubFolder = try stand.makeHub(of: identities, "hub")
        let folders = try identities.enumerated().map { number, identity in
            try stand.makeCounty(identity, "county-\(number)")
        }
        defer { stand.remove([hubFolder] + folders) }
        // They were set up while there was a line, and write since it is gone.
        _ = try await stand.exchange(counties: folders, hub: hubFolder)
        for (number, identity) in identities.enumerated() {
            try stand.open(folders[number]) {
                // What stays between a county and the hub: the others do not fetch it.
                let scope = identity.ownScopes.last ?? .province
                try $0.create(0..<changes, office: number, in: scope)
            }
        }
        let runs = try await stand.repeated {
            let copies = try folders.map(stand.copy)
            let hubCopy = try stand.copy(hubFolder)
            defer { stand.remove([hubCopy] + copies) }
            let floor = try Floor.seconds(changes: changes * counties, in: stand.folder)
            return (try await stand.exchange(counties: copies, hub: hubCopy), floor)
        }
        return [
            Measurement(
                figure: 6, name: "\(counties) counties with \(changes) each, at once", unit: "s",
                values: runs.map { $0.0.seconds }, floor: runs.map(\.1).median,
                bound: .atMost(1.5),
                detail: try Exchange.detail(
                    runs.map(\.0), probedIn: stand.folder)),
            Measurement(
                figure: 6, name: "at once: on the wire", unit: "MB",
                values: runs.map { Double($0.0.bytes) / 1_000_000 }, bound: .atMost(10)),
        ]
    }
}
