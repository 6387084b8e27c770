import Rehearsal
import Testing

extension EndToEnd {
    @Suite("A disk that fails when asked to make data durable", .needs(.failingCalls))
    struct FailingSync {
        static let edits = 12
        /// Single failures, repeated ones, and a disk that is gone from then on.
        static let failures = ["1", "2", "3", "4", "5", "7", "10", "2+3", "3+2", "1+", "4+"]

        @Test(arguments: Province.Role.allCases)
        func `A commit that the disk refused is not acknowledged, and the process lives or ends`(
            role: Province.Role
        ) async throws {
            try await Province.with(counties: 2) { province in
                let node = province.node(role)
                province.up()
                try await province.settle()
                var refused = 0
                for (round, when) in Self.failures.enumerated() {
                    let fault = "\(role.rawValue) with EIO at sync \(when)"
                    try await node.stop()
                    let calls = try FailingCalls.syncsFail(when: when)
                    try? await node.start(under: calls.wrapper)
                    let work = await province.bustle(
                        around: node, edits: Self.edits, round: round)
                    work.expectHonest(fault)
                    refused += work.statuses.count { $0 == 503 }
                    // Lives and still tells all that it acknowledged, or ended by itself and said
                    // why: not by a trap.
                    if await node.isRunning {
                        try await province.expectRemembered(by: node, fault)
                    } else {
                        #expect(await !node.isEndedBySignal, "\(fault): \(node.log)")
                    }
                    try await node.kill()
                    try await node.start()
                    try await province.expectKept(by: node, fault)
                    try await province.expectNothingLost(fault)
                }
                #expect(refused > 0, "no sync failed: this test shows nothing")
            }
        }
    }
}
