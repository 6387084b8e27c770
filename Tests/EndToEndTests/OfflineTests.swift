import APIClient
import Records
import Rehearsal
import Testing

extension EndToEnd {
    @Suite("Weeks without a network")
    struct Offline {
        @Test func `A county that wrote past a full segment offline brings everything to the hub`()
            async throws
        {
            try await Province.with(counties: 1) { province in
                let county = province.counties[0]
                province.up()
                try await province.settle()
                province.down()
                let supplier = try await county.addSupplier(1)
                try await county.addLogs(620)
                #expect(try await county.pendingUpload() == 621)

                province.up()
                try await province.settle()
                #expect(try await province.hub.changes(of: county) == 621)
                #expect(try await province.hub.phone(of: supplier) == "0974-850000")
                try await province.expectConverged()
            }
        }

        @Test func `News from the hub and from a neighbour arrive without asking, within seconds`()
            async throws
        {
            try await Province.with(counties: 2) { province in
                let counties = province.counties
                province.up()
                try await province.settle()
                let atHub = try await province.hub.addSupplier(1)
                for county in counties {
                    try await until(seconds: 5, "\(county.name) has the hub's news") {
                        try await county.holds(atHub) ? true : nil
                    }
                }
                let atCounty = try await counties[0].addSupplier(2)
                try await until(seconds: 5, "\(counties[1].name) has its neighbour's news") {
                    try await counties[1].holds(atCounty) ? true : nil
                }
                try await until(seconds: 5, "the receipt is back") {
                    try await counties[0].pendingUpload() == 0 ? true : nil
                }
                // What belongs to one county goes no further than the hub.
                try await counties[0].addLogs(3)
                try await until(seconds: 5, "the logs are at the hub") {
                    try await province.hub.changes(of: counties[0]) == 4 ? true : nil
                }
                #expect(try await counties[1].changes(of: counties[0]) == 1)
                try await province.expectConverged()
            }
        }

        @Test func `A sync asked for once the line is back tells how that one went`() async throws {
            try await Province.with(counties: 1) { province in
                let county = province.counties[0]
                for _ in 0..<3 {
                    province.down()
                    try await county.addLogs(1)
                    let failed = try await county.post("/api/v1/sync", as: "a", [:])
                    #expect(failed["ok"] == false)
                    #expect(failed["failure"]?.string?.contains("Nothing is lost") == true)
                    province.up()
                    let done = try await county.post("/api/v1/sync", as: "a", [:])
                    #expect(done["ok"] == true, "\(done)")
                    #expect(done["pendingUpload"] == 0)
                }
                try await province.expectConverged()
            }
        }
    }
}
