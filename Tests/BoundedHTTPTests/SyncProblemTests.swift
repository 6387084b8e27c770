import Foundation
import SyncCore
import Testing
import WireFormat

@Suite struct SyncProblemTests {
    private func expect(
        _ status: Int, _ problem: String, signed: Bool = true, _ request: [UInt8],
        _ hub: TestHub, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let before = hub.log.refused.count
        let answer = try await hub.send(request)
        #expect(answer.status == status, sourceLocation: location)
        #expect(answer.problem == problem, sourceLocation: location)
        #expect(answer.isProblem, sourceLocation: location)
        #expect(answer.isSigned == signed, sourceLocation: location)
        #expect(hub.log.refused.count == before + 1, sourceLocation: location)
        #expect(
            hub.log.refused.last?.contains("problem=\(problem)") == true, sourceLocation: location)
    }

    @Test func `What is asked otherwise than agreed is refused as a problem`() async throws {
        try await TestHub.with { hub in
            let county = hub.county
            #expect(try await hub.send(hub.request(of: county)).status == 200)
            try await expect(
                404, "not-found", signed: false, hub.request(of: county, path: "/sync/v1/x%0A"), hub
            )
            #expect(hub.log.refused.last == "path=/sync/v1/x%0A problem=not-found")
            try await expect(
                405, "method-not-allowed", signed: false, hub.request(of: county, method: "GET"),
                hub)
            let other = try await hub.send(hub.request(of: county, method: "DELETE"))
            #expect(other.field("Allow") == "POST")
            try await expect(
                415, "media-type", hub.request(of: county, type: "application/json"), hub)
            try await expect(415, "media-type", hub.request(of: county, type: nil), hub)
            try await expect(
                415, "content-encoding",
                hub.request(of: county, fields: ["Content-Encoding: gzip"]), hub)
            try await expect(
                413, "too-large",
                hub.request(
                    of: county, body: [UInt8](repeating: 0, count: (8 << 20) + 1), sentBytes: 0),
                hub)
        }
    }

    @Test func `Messages that cannot be read say by which rule and where`() async throws {
        try await TestHub.with { hub in
            let county = hub.county
            var version = TestHub.message()
            version[2] = 2
            try await expect(426, "unsupported", hub.request(of: county, body: version), hub)
            let answer = try await hub.send(hub.request(of: county, body: version))
            #expect(answer.body.contains(#""supported":[1]"#))
            let cut = Array(TestHub.message().dropLast())
            try await expect(400, "malformed", hub.request(of: county, body: cut), hub)
            let malformed = try await hub.send(hub.request(of: county, body: [0xff]))
            #expect(malformed.body.contains("at byte 0"))
            let large = [UInt8](repeating: 0, count: Limits.encodedSegmentBytes + 1)
            try await expect(
                413, "too-large",
                hub.request(of: county, body: TestHub.message(segments: [large])), hub)
            let foreign = try #require(Scope("county/632522"))
            let asked = TestHub.message(scopes: [.province, foreign])
            try await expect(403, "scope-not-granted", hub.request(of: county, body: asked), hub)
            let told = try await hub.send(hub.request(of: county, body: asked))
            #expect(told.body.contains(#""scopes":["province"]"#))
            #expect(hub.log.refused.last?.contains("node=632521-a") == true)
        }
    }

    @Test func `A failure of the hub is told apart from a commit that may have gone through`()
        async throws
    {
        try await TestHub.with { hub in
            func failing(_ budget: Int) -> [UInt8] {
                hub.request(of: hub.county, body: TestHub.message(budget: budget))
            }
            try await expect(500, "internal", failing(2), hub)
            let answer = try await hub.send(failing(2))
            #expect(answer.body.contains("creditsync verify"))
            #expect(!answer.body.contains("Unforeseen"))
            try await expect(503, "outcome-unknown", failing(3), hub)
            for line in hub.log.refused { #expect(line.hasPrefix("cause=Unforeseen() ")) }
        }
    }

    @Test func `Who is not registered learns nothing, who was learns that`() async throws {
        try await TestHub.with { hub in
            try await expect(
                401, "signature-missing", signed: false,
                TestHub.request(proofs: [], body: TestHub.message()), hub)
            try await expect(401, "signature-invalid", hub.request(of: hub.stranger), hub)
            let unknown = try await hub.send(hub.request(of: hub.stranger))
            let forged = try await hub.send(hub.request(of: hub.county, key: hub.other.key))
            let formerForged = try await hub.send(hub.request(of: hub.former, key: hub.other.key))
            #expect(unknown.body == forged.body)
            #expect(unknown.body == formerForged.body)
            try await expect(403, "node-revoked", hub.request(of: hub.former), hub)
        }
    }

    @Test func `Proofs of another form are refused`() async throws {
        try await TestHub.with { hub in
            let good = hub.request(of: hub.county)
            let text = String(decoding: good, as: UTF8.self)
            let proof = try #require(
                text.split(separator: "\r\n").first { $0.hasPrefix("CreditSync-Proof: ") }
            ).dropFirst("CreditSync-Proof: ".count)
            let body = TestHub.message()
            try await expect(
                400, "signature-malformed", signed: false,
                TestHub.request(proofs: [String(proof), String(proof)], body: body), hub)
            try await expect(
                400, "signature-malformed", signed: false,
                TestHub.request(proofs: ["AAAA"], body: body), hub)
            // [<< {1: -8, … } >>, …]: the algorithm stands behind the key 1.
            var bytes = Array(try #require(Data(base64Encoded: String(proof))))
            let place = try #require(bytes.firstIndex(of: 0x27))
            bytes[place] = 0x26
            try await expect(
                401, "signature-algorithm", signed: false,
                TestHub.request(proofs: [Data(bytes).base64EncodedString()], body: body), hub)
        }
    }
}
