import APIClient
import Foundation
import Records
import Rehearsal
import Testing

extension EndToEnd {
    @Suite("A hub that goes away")
    struct HubRestart {
        @Test(arguments: [1, 1200, 2500])
        func `A hub killed during uploads keeps all that it gave a receipt for`(
            bytes: Int
        ) async throws {
            try await Province.with(counties: 3) { province in
                let hub = province.hub
                province.up()
                try await province.settle()
                province.down()
                try await together(province.counties) { county in try await county.addLogs(150) }
                // The first county is through before the hub dies; the others are on their way.
                province.links[0].up()
                try await province.sync(province.counties[0])
                let isCut = Flag()
                province.links[1].up(cutAfterBytes: bytes) { isCut.raise() }
                province.links[2].up()
                let asked = Task { [counties = province.counties] in
                    try? await together(Array(counties.dropFirst())) {
                        _ = try await $0.post("/api/v1/sync", as: "a", [:])
                    }
                }
                try await isCut.wait("an upload is under way")
                try await hub.kill()
                await asked.value
                var receipted: [String: Int64] = [:]
                for county in province.counties {
                    for log in try await county.logs() where log.receipted > 0 {
                        receipted[log.name] = max(receipted[log.name] ?? 0, log.receipted)
                    }
                }
                #expect(receipted.values.contains(150))

                try await hub.start()
                let held = try await hub.logs()
                for (log, sequence) in receipted {
                    #expect(held.contains { $0.name == log && $0.changes >= sequence }, "\(log)")
                }
                province.up()
                try await province.settle()
                for county in province.counties {
                    #expect(try await hub.changes(of: county) == 150)
                }
                try await province.expectConverged()
            }
        }

        @Test func `Counties go on by themselves after the hub was restarted`() async throws {
            try await Province.with(counties: 2) { province in
                province.up()
                try await province.settle()
                try await province.hub.stop()
                #expect(await province.hub.exitStatus == 0)
                try await province.counties[0].addLogs(3)
                try await province.hub.start()
                try await until(seconds: 20, "the hub has what was written meanwhile") {
                    try await province.hub.changes(of: province.counties[0]) == 3 ? true : nil
                }
                let atHub = try await province.hub.addSupplier(1)
                for county in province.counties {
                    try await until(seconds: 40, "\(county.name) hears the restarted hub") {
                        try await county.holds(atHub) ? true : nil
                    }
                }
                try await province.settle()
                try await province.expectConverged()
            }
        }

        @Test func `What waits for a hub that was restarted goes over the line once`()
            async throws
        {
            try await Province.with(counties: 1) { province in
                let (county, link) = (province.counties[0], province.links[0])
                province.up()
                try await province.settle()
                func passedBytes(meanwhile work: () async throws -> Void) async throws -> Int {
                    province.down()
                    try await county.addLogs(200)
                    try await work()
                    let before = link.passedBytes
                    province.up()
                    try await province.sync(county)
                    return link.passedBytes - before
                }
                let usual = try await passedBytes {}
                let restarted = try await passedBytes {
                    try await province.hub.stop()
                    try await province.hub.start()
                }
                #expect(usual > 5_000)
                #expect(restarted < usual * 3 / 2)
            }
        }

        @Test func `Every process ends within seconds when asked, long polls open`() async throws {
            try await Province.with(counties: 2) { province in
                province.up()
                try await province.settle()
                let clock = ContinuousClock()
                for node in province.all {
                    let time = try await clock.measure { try await node.stop() }
                    #expect(await node.exitStatus == 0, "\(node.name)")
                    #expect(time < .seconds(5), "\(node.name)")
                }
            }
        }

        @Test func `A county that waits for a silent hub ends within seconds`() async throws {
            try await Province.with(counties: 1) { province in
                let county = province.counties[0]
                province.up()
                try await province.settle()
                await province.hub.signal(SIGSTOP)
                province.links[0].up()
                try await county.addLogs(1)
                let asked = Task { try? await county.ask("POST", "/api/v1/sync", as: "a", [:]) }
                try await until(seconds: 10, "the request is on its way") {
                    province.links[0].heard.isEmpty ? nil : true
                }
                let time = try await ContinuousClock().measure { try await county.stop() }
                #expect(await county.exitStatus == 0)
                #expect(time < .seconds(5))
                _ = await asked.value
                await province.hub.signal(SIGCONT)

                try await county.start()
                try await province.settle()
                try await province.expectConverged()
            }
        }
    }
}
