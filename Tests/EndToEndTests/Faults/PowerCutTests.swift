import APIClient
import Foundation
import Records
import Rehearsal
import Testing

extension EndToEnd {
    @Suite("A power cut", .needs(.cuttableDisk))
    struct PowerCut {
        static let edits = 40
        /// Acknowledged edits after which the power goes: early, in the middle, at a checkpoint.
        static let moments = [1, 3, 7, 12, 18, 25]

        @Test(arguments: Province.Role.allCases)
        func `What was acknowledged before the power went is there when it is back`(
            role: Province.Role
        ) async throws {
            let disk = try CuttableDisk(
                at: FileManager.default.temporaryDirectory.path + "/creditsync-cut-\(UUID())")
            defer { disk.remove() }
            let site = Province.Site(
                folder: disk.path + "/data",
                serveArguments: FullDisk.withoutFloor)
            try await Province.with(counties: 2, sites: [role: site]) { province in
                let node = province.node(role)
                province.up()
                try await province.settle()
                for (round, moment) in Self.moments.enumerated() {
                    let fault = "\(role.rawValue) cut off after \(moment) edits"
                    let target = await node.accepted.count + moment
                    async let working = province.bustle(
                        around: node, edits: Self.edits, round: round)
                    try await until(seconds: 30, "\(moment) edits are acknowledged") {
                        await node.accepted.count >= target ? true : nil
                    }
                    try disk.scribble("unsynced-\(round)")
                    // Whoever is at the other end hears nothing that comes after.
                    province.down()
                    let acknowledged = await node.accepted.count
                    try disk.cut()
                    try await node.kill()
                    _ = await working
                    await node.forgetAccepted(after: acknowledged)
                    try disk.comeBack()
                    // Else the copy holds more than the disk did, and this test shows nothing.
                    #expect(disk.scribbled("unsynced-\(round)").isEmpty, "\(fault)")

                    try await node.start()
                    try await province.expectKept(by: node, fault)
                    province.up()
                    try await province.expectNothingLost(fault)
                }
                // It came back each time as what the others knew, not as an older one of itself.
                let own = try await node.logs().filter { $0.name.hasPrefix(node.name) }
                #expect(Set(own.map { $0.name.split(separator: "/")[1] }).count == 1)
            }
        }

        @Test(arguments: Province.Role.allCases)
        func `A node that was just set up is still itself`(role: Province.Role) async throws {
            let disk = try CuttableDisk(
                at: FileManager.default.temporaryDirectory.path + "/creditsync-cut-\(UUID())")
            defer { disk.remove() }
            let site = Province.Site(
                folder: disk.path + "/data",
                serveArguments: FullDisk.withoutFloor)
            try await Province.with(counties: 1, sites: [role: site]) { province in
                let node = province.node(role)
                let key = try await node.status()["publicKey"]
                try disk.cut()
                try await node.kill()
                try disk.comeBack()
                try await node.start()
                #expect(try await node.status()["publicKey"] == key)
                province.up()
                try await province.expectNothingLost("\(role.rawValue) cut off after init")
            }
        }
    }
}
