import Rehearsal
import Testing

extension EndToEnd {
    @Suite("A line that is slow, and is cut")
    struct SlowLine {
        enum Delays: String, CaseIterable, Sendable {
            /// What takes long.
            case requests, answers, both

            func apply(to link: Link) {
                link.delay(.fromCounty, milliseconds: self == .answers ? 0 : 120)
                link.delay(.fromHub, milliseconds: self == .requests ? 0 : 120)
            }
        }

        @Test(arguments: Delays.allCases)
        func `Everything arrives both ways however long each way takes`(delays: Delays)
            async throws
        {
            try await Province.with(counties: 2) { province in
                for link in province.links { delays.apply(to: link) }
                province.up()
                try await province.settle()
                for round in 0..<2 {
                    _ = await province.bustle(around: province.hub, edits: 12, round: round)
                }
                try await province.expectNothingLost("slow \(delays.rawValue)")
            }
        }

        /// Byte k of what the county sends, or of what the hub answers.
        static let cuts: [(Link.Direction, Int)] = [
            (.fromCounty, 1), (.fromCounty, 450), (.fromCounty, 1500), (.fromHub, 1),
            (.fromHub, 900),
        ]

        @Test(arguments: Province.Role.allCases)
        func `A slow line cut again and again, and the node at one end with it`(
            role: Province.Role
        ) async throws {
            try await Province.with(counties: 2) { province in
                let (node, link) = (province.node(role), province.links[0])
                province.up()
                try await province.settle()
                for (round, (direction, bytes)) in Self.cuts.enumerated() {
                    let fault = "\(role.rawValue) killed as byte \(bytes) \(direction) was cut off"
                    province.down()
                    _ = await province.bustle(around: node, edits: 8, round: round)
                    for link in province.links { Delays.both.apply(to: link) }
                    let isCut = Flag()
                    link.up(cutAfterBytes: bytes, direction: direction) { isCut.raise() }
                    async let asked: Void = province.counties[0].tryToSync()
                    try await isCut.wait("byte \(bytes) \(direction)")
                    try await node.kill()
                    await asked
                    try await node.start()
                    try await province.expectKept(by: node, fault)
                    province.up()
                    try await province.expectNothingLost(fault)
                }
            }
        }
    }
}
