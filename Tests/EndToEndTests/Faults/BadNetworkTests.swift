import Rehearsal
import Testing

extension EndToEnd {
    @Suite("Hub and county in networks of their own", .needs(.networks))
    struct BadNetwork {
        static let backlog = 300

        enum Wire: String, CaseIterable, Sendable {
            case slow, lossy, `silent for a while`, `full of resets`, `slow and lossy`

            func spoil(_ pair: NetworkPair) throws {
                if self == .slow || self == .`slow and lossy` {
                    try pair.limit(kilobitsPerSecond: 256)
                }
                switch self {
                case .slow: break
                case .lossy: try pair.lose(percent: 10)
                case .`slow and lossy`: try pair.lose(percent: 5)
                case .`silent for a while`: try pair.lose(percent: 100)
                case .`full of resets`: try pair.reset(percent: 15)
                }
            }

            /// On such a wire everything arrives as long as it lasts.
            var isPassable: Bool { self != .`silent for a while` && self != .`full of resets` }
        }

        @Test(arguments: Wire.allCases)
        func `Days of work of both sides arrive over a bad wire`(wire: Wire) async throws {
            let pair = try NetworkPair()
            defer { pair.remove() }
            try await Province.with(
                counties: 1,
                sites: [
                    .hub: Province.Site(namespace: pair.first),
                    .county: Province.Site(namespace: pair.second),
                ]
            ) { province in
                let (hub, county) = (province.hub, province.counties[0])
                try await province.settle()
                // Nothing passes while both sides go on.
                try pair.lose(percent: 100)
                try await county.addLogs(Self.backlog)
                for index in 1...40 { _ = try await hub.addSupplier(index) }
                try pair.mend()

                try wire.spoil(pair)
                if wire.isPassable {
                    try await province.sync(county)
                } else {
                    // Some of it passes, or nothing; then the wire is mended under way.
                    async let asked: Void = county.tryToSync()
                    _ = await Work.edits(8, at: county, round: 9)
                    try pair.mend()
                    await asked
                }
                try await province.settle()
                #expect(try await hub.changes(of: county) >= Self.backlog)
                #expect(try await county.changes(of: hub) >= 40)
                try pair.mend()
                try await province.expectNothingLost("a wire that is \(wire.rawValue)")
            }
        }

        @Test(arguments: Province.Role.allCases)
        func `A node killed on a slow and lossy wire goes on where it was`(role: Province.Role)
            async throws
        {
            let pair = try NetworkPair()
            defer { pair.remove() }
            try await Province.with(
                counties: 1,
                sites: [
                    .hub: Province.Site(namespace: pair.first),
                    .county: Province.Site(namespace: pair.second),
                ]
            ) { province in
                let (hub, county) = (province.hub, province.counties[0])
                try await province.settle()
                try pair.lose(percent: 100)
                try await county.addLogs(Self.backlog)
                for index in 1...40 { _ = try await hub.addSupplier(index) }
                try pair.limit(kilobitsPerSecond: 128)
                try pair.lose(percent: 5)
                async let asked: Void = county.tryToSync()
                _ = await Work.edits(8, at: province.node(role), round: 9)
                try await province.node(role).kill()
                await asked
                try await province.node(role).start()
                try await province.expectKept(by: province.node(role), "\(role.rawValue) killed")
                try await province.expectNothingLost("\(role.rawValue) killed on a bad wire")
            }
        }
    }
}
