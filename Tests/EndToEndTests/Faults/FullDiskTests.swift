import APIClient
import Foundation
import Rehearsal
import Testing

extension EndToEnd {
    @Suite("A disk that is full", .needs(.smallDisk))
    struct FullDisk {
        static let edits = 12
        /// Left when work begins: nothing, and so little that a commit ends in the middle.
        static let leftBytes = [0, 24 << 10, 160 << 10, 0]

        @Test(arguments: Province.Role.allCases)
        func
            `Full in the middle of work, it answers, reads and lives, and goes on when there is room`(
                role: Province.Role
            ) async throws
        {
            let disk = try SmallDisk(
                at: FileManager.default.temporaryDirectory.path + "/creditsync-full-\(UUID())",
                mebibytes: 12)
            defer { disk.remove() }
            let site = Province.Site(
                folder: disk.path + "/data", serveArguments: Self.withoutFloor)
            try await Province.with(counties: 2, sites: [role: site]) { province in
                let node = province.node(role)
                province.up()
                try await province.settle()
                let supplier = try await node.addSupplier(90_000)
                for (round, left) in Self.leftBytes.enumerated() {
                    let fault = "\(role.rawValue) with \(left) bytes left"
                    try disk.fill(leavingBytes: left)
                    let work = await province.bustle(
                        around: node, edits: Self.edits, round: round)
                    // The first commits may still have found room; one of these has none. Each
                    // brings a code of its own, since earlier ones may have been stored.
                    var statuses = work.statuses
                    try await until(seconds: 30, "there is no room for an edit") {
                        try disk.fill(leavingBytes: 0)
                        let more = await Work.edits(
                            1, at: node, round: 1000 * (round + 1) + statuses.count)
                        more.expectHonest(fault)
                        statuses += more.statuses
                        return statuses.contains { $0 >= 500 } ? true : nil
                    }
                    work.expectHonest(fault)
                    #expect(await node.isRunning, "\(fault)")
                    #expect(try await node.phone(of: supplier) == "0974-850000", "\(fault)")

                    try disk.makeRoom()
                    let after = await Work.edits(4, at: node, round: 9000 + round)
                    #expect(after.acknowledged == 4, "\(fault): \(after.statuses)")
                    try await province.expectKept(by: node, fault)
                    try await province.expectNothingLost(fault)
                    // What is on the disk is what the process told.
                    try await node.kill()
                    try await node.start()
                    try await province.expectKept(by: node, fault)
                }
            }
        }

        /// The service keeps away from the end of a disk, which this test wants to reach.
        static let withoutFloor = ["--disk-floor-mib", "0"]
    }
}
