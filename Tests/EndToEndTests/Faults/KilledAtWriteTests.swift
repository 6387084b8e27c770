import Foundation
import Rehearsal
import Testing

extension EndToEnd {
    @Suite("A process killed at a write", .needs(.failingCalls))
    struct KilledAtWrite {
        static let edits = 12
        /// The first writes after a start one by one, then in growing strides.
        static let writes = [1, 2, 3, 4, 6, 9, 15, 30, 55, 80, 113, 150, 200, 260, 330]
        /// More than a run has.
        static let untouched = 60_000

        @Test(arguments: Province.Role.allCases)
        func `Killed before any write, it has all that it acknowledged, and nothing by halves`(
            role: Province.Role
        ) async throws {
            try await Province.with(counties: 2) { province in
                let node = province.node(role)
                province.up()
                try await province.settle()
                var kills = 0
                for (round, write) in (Self.writes + [Self.untouched]).enumerated() {
                    let fault = "\(role.rawValue) killed at write \(write)"
                    try await node.stop()
                    let calls = try FailingCalls.killed(atWrite: write)
                    // It may not even come up.
                    try? await node.start(under: calls.wrapper)
                    let work = await province.bustle(
                        around: node, edits: Self.edits, round: round)
                    // Its last writes are the checkpoint's.
                    try await node.stop()
                    if await node.isEndedBySignal {
                        #expect(await node.exitStatus == SIGKILL, "\(fault): \(node.log)")
                        kills += 1
                    }
                    work.expectHonest(fault)
                    let exitStatus = await node.exitStatus
                    try await node.start()
                    try await province.expectKept(by: node, fault)
                    try await province.expectNothingLost(fault)
                    if write == Self.untouched {
                        #expect(exitStatus == 0)
                        #expect(work.acknowledged == Self.edits)
                    }
                }
                // Else the numbers are wrong, and this test shows nothing.
                #expect(kills >= Self.writes.count / 2, "\(kills)")
            }
        }
    }
}
