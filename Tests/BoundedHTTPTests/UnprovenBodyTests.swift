@testable import BoundedHTTP
import SyncCore
import Testing

/// What somebody without a key can take from those who have one.
@Suite struct UnprovenBodyTests {
    private static var limits: ListenerLimits {
        var limits = TestListener.limits
        limits.unprovenBodiesBytes = 150_000
        limits.unprovenBodiesPerAddressBytes = 100_000
        limits.freeBodyBytes = 10_000
        return limits
    }

    /// Signed by nobody who may sign, but that shows when the body is complete.
    private func begin(
        _ hub: TestHub, from address: String, sending bytes: Int
    ) async throws -> RawClient {
        let client = try await hub.client(from: address)
        client.send(
            hub.request(
                of: hub.county, body: [UInt8](repeating: 0, count: 200_000), key: hub.other.key,
                sentBytes: bytes))
        return client
    }

    @Test func `Bodies of who has proved nothing fill a pool of their own`() async throws {
        try await TestHub.with(Self.limits) { hub in
            let proven = try await hub.client(from: "127.0.0.4")
            proven.send(hub.request(of: hub.county))
            #expect(try await proven.answer().status == 200)

            let first = try await begin(hub, from: "127.0.0.2", sending: 100_000)
            try await eventually("it is held") { hub.roll.counts.bodyBytes == 100_000 }
            let second = try await begin(hub, from: "127.0.0.2", sending: 50_000)
            #expect(try await second.answer().status == 503)
            let third = try await begin(hub, from: "127.0.0.3", sending: 100_000)
            #expect(try await third.answer().status == 503)

            let large = TestHub.message(segments: [[UInt8](repeating: 0, count: 200_000)])
            proven.send(hub.request(of: hub.county, body: large))
            #expect(try await proven.answer().status == 200)
            // Small bodies pass, on whatever connection.
            let small = TestHub.message(segments: [[UInt8](repeating: 0, count: 9000)])
            let answer = try await hub.send(
                hub.request(of: hub.other, body: small), from: "127.0.0.2")
            #expect(answer.status == 200)
            for client in [first, second, third, proven] { client.close() }
        }
    }

    @Test func `A body that proves its connection takes room of the proven ones`() async throws {
        var limits = Self.limits
        limits.unprovenBodiesBytes = 100_000
        try await TestHub.with(limits) { hub in
            let segment = [UInt8](repeating: 0, count: 80_000)
            var clients: [RawClient] = []
            for (count, caller) in [hub.county, hub.other].enumerated() {
                let client = try await hub.client()
                client.send(
                    hub.request(
                        of: caller, body: TestHub.message(budget: 1, segments: [segment])))
                try await eventually("it is at work") { hub.gate.waiting == count + 1 }
                clients.append(client)
            }
            hub.gate.open()
            for client in clients {
                #expect(try await client.answer().status == 200)
                client.close()
            }
        }
    }

    @Test
    func `Who breaks off bodies, or asks for what is not there, is heard no more for a while`()
        async throws
    {
        var limits = Self.limits
        limits.failuresPerAddressPerMinute = 60
        limits.failuresPerAddressBurst = 2
        limits.bodyWindowMilliseconds = 300
        try await TestHub.with(limits) { hub in
            func expectUnheard(_ address: String) async throws {
                let unheard = try await hub.send(hub.request(of: hub.county), from: address)
                #expect(unheard.status == 429)
                hub.now.advance(seconds: 60)
                let heard = try await hub.send(hub.request(of: hub.county), from: address)
                #expect(heard.status == 200)
            }
            let cut = try await begin(hub, from: "127.0.0.2", sending: 1000)
            cut.finish()
            #expect(try await cut.answer().problem == "cut-short")
            let slow = try await begin(hub, from: "127.0.0.2", sending: 1000)
            #expect(try await slow.answer().problem == "too-slow")
            try await expectUnheard("127.0.0.2")
            let large = try await begin(hub, from: "127.0.0.3", sending: 200_000)
            #expect(try await large.answer().problem == "busy")
            let lost = hub.request(of: hub.county, path: "/elsewhere")
            #expect(try await hub.send(lost, from: "127.0.0.3").status == 404)
            try await expectUnheard("127.0.0.3")
            for client in [cut, slow, large] { client.close() }
        }
    }
}
