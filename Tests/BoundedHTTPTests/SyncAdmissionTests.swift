import BoundedHTTP
import SyncCore
import Testing
import WireFormat

@Suite struct SyncAdmissionTests {
    @Test func `A node has its own rate, of which nobody else takes anything`() async throws {
        var limits = TestListener.limits
        limits.requestsPerNodePerMinute = 60
        limits.requestsPerNodeBurst = 2
        try await TestHub.with(limits) { hub in
            let first = hub.request(of: hub.county)
            #expect(try await hub.send(first).status == 200)
            for _ in 0..<5 {
                // Neither what was heard and is sent again, nor what another signed.
                #expect(try await hub.send(first).problem == "replay")
                let forged = hub.request(of: hub.county, key: hub.other.key)
                #expect(try await hub.send(forged).status == 401)
            }
            #expect(try await hub.send(hub.request(of: hub.county)).status == 200)
            let third = try await hub.send(hub.request(of: hub.county))
            #expect(third.status == 429)
            #expect(third.problem == "too-many-requests")
            #expect(third.field("Retry-After") == "1")
            #expect(third.isSigned)
            #expect(try await hub.send(hub.request(of: hub.other)).status == 200)
            hub.now.advance(seconds: 1)
            #expect(try await hub.send(hub.request(of: hub.county)).status == 200)
        }
    }

    @Test func `An address whose requests fail is refused before its bodies, others are not`()
        async throws
    {
        var limits = TestListener.limits
        limits.failuresPerAddressPerMinute = 60
        limits.failuresPerAddressBurst = 3
        try await TestHub.with(limits) { hub in
            // It keeps its connection, as a node that polls does.
            let proven = try await hub.client(from: "127.0.0.2")
            proven.send(hub.request(of: hub.county))
            #expect(try await proven.answer().status == 200)
            for _ in 0..<3 {
                let answer = try await hub.send(hub.request(of: hub.stranger), from: "127.0.0.2")
                #expect(answer.status == 401)
            }
            let large = hub.request(
                of: hub.other, body: [UInt8](repeating: 0, count: 1 << 20), sentBytes: 0)
            let refused = try await hub.send(large, from: "127.0.0.2")
            #expect(refused.status == 429)
            #expect(refused.problem == "too-many-requests")
            #expect(refused.field("Retry-After") == "1")
            #expect(!refused.isSigned)
            #expect(try await hub.send(hub.request(of: hub.other)).status == 200)
            proven.send(hub.request(of: hub.county))
            #expect(try await proven.answer().status == 200)
            proven.close()
            // A valid request takes no token, but needs one to be there.
            hub.now.advance(seconds: 1)
            for _ in 0..<5 {
                let answer = try await hub.send(hub.request(of: hub.other), from: "127.0.0.2")
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `A recorded request that is sent again and again counts as failing`() async throws {
        var limits = TestListener.limits
        limits.failuresPerAddressBurst = 2
        try await TestHub.with(limits) { hub in
            let old = hub.request(of: hub.county)
            hub.now.advance(seconds: 600)
            let client = try await hub.client()
            // The first is what an honest node begins with.
            for _ in 0..<3 {
                client.send(old)
                #expect(try await client.answer().problem == "clock")
            }
            client.send(old)
            #expect(try await client.answer().status == 429)
            client.close()
        }
    }

    @Test func `A node has so many exchanges at a time and no more, and polls beside them`()
        async throws
    {
        try await TestHub.with { hub in
            let slow = TestHub.message(budget: 1)
            var clients: [RawClient] = []
            for _ in 0..<2 {
                let client = try await hub.client()
                client.send(hub.request(of: hub.county, body: slow))
                clients.append(client)
            }
            try await eventually("both are at work") { hub.gate.waiting == 2 }
            let third = try await hub.send(hub.request(of: hub.county))
            #expect(third.status == 503)
            #expect(third.problem == "busy")
            #expect(third.field("Retry-After") == "5")
            #expect(third.isSigned)
            let poll = hub.request(
                of: hub.county, body: MessageCodec.encode(WakeRequest(scopes: [])),
                path: TestHub.wake)
            #expect(try await hub.send(poll).status == 200)
            #expect(try await hub.send(hub.request(of: hub.other)).status == 200)
            hub.gate.open()
            for client in clients {
                #expect(try await client.answer().status == 200)
                client.close()
            }
            #expect(try await hub.send(hub.request(of: hub.county)).status == 200)
        }
    }

    @Test func `So many large bodies at a time, and small ones beside them`() async throws {
        var limits = TestListener.limits
        limits.largeBodies = 1
        limits.largeBodyBytes = 1000
        try await TestHub.with(limits) { hub in
            let segment = [UInt8](repeating: 0, count: 2000)
            let slow = TestHub.message(budget: 1, segments: [segment])
            let large = TestHub.message(segments: [segment])
            let first = try await hub.client()
            first.send(hub.request(of: hub.county, body: slow))
            try await eventually("it is at work") { hub.gate.waiting == 1 }
            // Two that are small on the way, but not when they are inflated.
            let log = LogID(node: hub.other.node, incarnation: 1, scope: .province, lane: .records)
            let packed = SegmentCodec.seal(
                log: log, firstSequence: 1, previousHash: .zero,
                secrets: [
                    try #require(SaltSecret([UInt8](repeating: 0, count: SaltSecret.byteCount)))
                ],
                entries: [[UInt8](repeating: 0, count: 600)], lastHash: .zero, key: hub.other.key)
            for body in [large, TestHub.message(segments: [packed, packed])] {
                let second = try await hub.send(hub.request(of: hub.other, body: body))
                #expect(second.status == 503)
                #expect(second.problem == "busy")
            }
            #expect(TestHub.message(segments: [packed, packed]).count < 1000)
            let one = TestHub.message(segments: [packed])
            #expect(try await hub.send(hub.request(of: hub.other, body: one)).status == 200)
            #expect(try await hub.send(hub.request(of: hub.other)).status == 200)
            // Without a valid signature nobody takes a place or learns of it.
            let forged = hub.request(of: hub.other, body: large, key: hub.county.key)
            #expect(try await hub.send(forged).status == 401)
            hub.gate.open()
            #expect(try await first.answer().status == 200)
            first.close()
            #expect(
                try await hub.send(hub.request(of: hub.other, body: large)).status == 200)
        }
    }
}
