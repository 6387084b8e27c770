import APIClient
import Records
import Rehearsal
import Testing

extension EndToEnd {
    @Suite("Strangers at the hub's sync address")
    struct SyncRoutes {
        static let proof = "CreditSync-Proof"
        static let paths = ["/sync/v1/exchange", "/sync/v1/wake"]

        @Test func `Unsigned, garbled, repeated and oversized requests are refused`() async throws {
            try await Province.with(counties: 1) { province in
                let (county, port) = (province.counties[0], province.syncPort)
                func expect(_ status: Int, _ request: RawRequest) async throws {
                    let answer = try await request.send(toPort: port)
                    #expect(answer.status == status, "\(request.head)")
                    #expect(answer.head.contains("application/problem+json"))
                }
                for path in Self.paths {
                    try await expect(401, RawRequest("POST", path, body: [1, 2, 3]))
                    for proof in ["?", "", "AAAA", String(repeating: "A", count: 4000)] {
                        try await expect(400, RawRequest("POST", path, [(Self.proof, proof)]))
                    }
                }
                let lost = try await RawRequest("GET", "/sync/v1/exchange").send(toPort: port)
                #expect(lost.status == 404 || lost.status == 405)
                let api = try await RawRequest("GET", "/api/v1/status").send(toPort: port)
                #expect(api.status == 404)

                province.up()
                try await province.settle()
                // Listens anew, and not to who asks first whether the hub is there.
                province.links[0].up()
                try await county.addLogs(1)
                try await province.sync(county)
                let heard = try #require(RawRequest(heard: province.links[0].heard))
                let proof = try #require(heard.header(Self.proof))
                try await expect(401, heard)
                var altered = heard
                altered.body[altered.body.count - 1] ^= 1
                try await expect(401, altered)
                let large = [UInt8](repeating: 0, count: 9 << 20)
                try await expect(
                    413, RawRequest("POST", Self.paths[0], [(Self.proof, proof)], body: large))

                try await county.addLogs(1)
                try await province.settle()
                try await province.expectConverged()
            }
        }

        @Test func `A node that nobody registered gets nothing, and says so to its own people`()
            async throws
        {
            try await Province.with(counties: 1) { province in
                let stranger = try await province.add(Province.divisions[1], isRegistered: false)
                try await stranger.node.start()
                province.up()
                try await province.sync(province.counties[0])
                let supplier = try await province.hub.addSupplier(1)
                try await stranger.node.addLogs(1)
                let report = try await stranger.node.post("/api/v1/sync", as: "a", [:])
                #expect(report["ok"] == false)
                #expect(report["failure"]?.string?.contains("signature-invalid") == true)
                #expect(report["failure"]?.string?.contains("node add") == true)
                #expect(try await !stranger.node.holds(supplier))
                #expect(try await province.hub.changes(of: stranger.node) == 0)

                // Registered, it brings what it wrote before.
                let key = try await stranger.node.status()["publicKey"] ?? .null
                try await province.hub.post(
                    "/api/v1/records/node", as: "admin",
                    [
                        "node": .string(stranger.node.name), "publicKey": key,
                        "scopes": ["province", .string("county/\(Province.divisions[1])")],
                        "title": "县",
                    ])
                try await province.settle()
                #expect(try await province.hub.changes(of: stranger.node) == 1)
                try await province.expectConverged()
            }
        }
    }
}
