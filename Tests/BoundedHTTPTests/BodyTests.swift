import BoundedHTTP
import Testing

@Suite struct BodyTests {
    private static func head(_ path: String, length: Int) -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
    }

    private static func chunkedHead(_ path: String) -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    }

    @Test func `A body that is declared too large is refused before it comes`() async throws {
        var limits = TestListener.limits
        limits.bodyBytes = 1000
        try await TestListener.with(limits) { listener in
            let client = try await listener.client()
            client.send(Self.head("/body?secret=1", length: 1001))
            let answer = try await client.answer()
            #expect(answer.status == 413)
            #expect(answer.problem == "too-large")
            try await client.untilEnded()
            client.close()
            #expect(listener.log.refused == ["path=/body problem=too-large"])
            let fitting = try await listener.client()
            fitting.send(Self.head("/body", length: 1000) + String(repeating: "a", count: 1000))
            #expect(try await fitting.answer().body == "1000")
            fitting.close()
        }
    }

    @Test func `A chunked body is counted, with its framing`() async throws {
        var limits = TestListener.limits
        limits.bodyBytes = 1000
        limits.framingBytes = 2000
        try await TestListener.with(limits) { listener in
            let large = try await listener.client()
            large.send(Self.chunkedHead("/body") + "400\r\n" + String(repeating: "a", count: 1024))
            #expect(try await large.answer().status == 413)
            try await large.untilEnded()
            large.close()
            let framed = try await listener.client()
            framed.send(Self.chunkedHead("/body"))
            framed.send(String(repeating: "1\r\na\r\n", count: 900))
            #expect(try await framed.answer().status == 413)
            try await framed.untilEnded()
            framed.close()
            #expect(listener.bodies.all.isEmpty)
            let fitting = try await listener.client()
            fitting.send(Self.chunkedHead("/body") + "3\r\nabc\r\n0\r\n\r\n")
            #expect(try await fitting.answer().body == "3")
            fitting.close()
        }
    }

    @Test func `A body that comes too slowly is refused`() async throws {
        var limits = TestListener.limits
        limits.bodyWindowMilliseconds = 300
        try await TestListener.with(limits) { listener in
            for head in [Self.head("/body", length: 1 << 20), Self.chunkedHead("/body")] {
                let client = try await listener.client()
                client.send(head)
                let drop = head.contains("chunked") ? "1\r\na\r\n" : "a"
                try await eventually("it is refused") {
                    client.send(drop)
                    return client.byteCount > 0
                }
                #expect(try await client.answer().status == 408)
                try await client.untilEnded()
                client.close()
            }
            #expect(
                listener.log.refused
                    == Array(repeating: "path=/body problem=too-slow", count: 2))
            #expect(listener.bodies.all.isEmpty)
            try await listener.expectServes()
        }
    }

    @Test func `A body that comes steadily is refused, too, when its time is over`() async throws {
        var limits = TestListener.limits
        limits.bodyMilliseconds = 400
        limits.slowestBytesPerSecond = 1 << 30
        limits.bodyWindowMilliseconds = 50
        limits.bodyWindowBytes = 1
        try await TestListener.with(limits) { listener in
            let client = try await listener.client()
            client.send(Self.head("/body", length: 8 << 20))
            try await eventually("it is refused") {
                client.send("aaaaaaaa")
                return client.byteCount > 0
            }
            #expect(try await client.answer().status == 408)
            client.close()
        }
    }

    @Test func `A body has as long as it takes at the slowest rate`() async throws {
        var limits = TestListener.limits
        limits.bodyMilliseconds = 100
        limits.bodyBytes = 1 << 20
        try await TestListener.with(limits) { listener in
            let (large, chunked) = (try await listener.client(), try await listener.client())
            large.send(Self.head("/body", length: 1 << 16))
            chunked.send(Self.chunkedHead("/body"))
            for _ in 0..<3 {
                let small = try await listener.client()
                small.send(Self.head("/body", length: 9))
                #expect(try await small.answer().status == 408)
                small.close()
            }
            large.send([UInt8](repeating: 0x61, count: 1 << 16))
            #expect(try await large.answer().body == "65536")
            chunked.send("3\r\nabc\r\n0\r\n\r\n")
            #expect(try await chunked.answer().body == "3")
            large.close()
            chunked.close()
        }
    }

    @Test func `A client is not to blame where the route reads nothing`() async throws {
        var limits = TestListener.limits
        limits.bodyWindowMilliseconds = 1500
        try await TestListener.with(limits) { listener in
            let size = 8 << 20
            let waiting = try await listener.client()
            waiting.send(Self.head("/late", length: size))
            waiting.send([UInt8](repeating: 0x61, count: size))
            try await eventually("the route has it") { listener.gate.waiting == 1 }
            // Others are refused meanwhile, so more than two windows have passed.
            for _ in 0..<3 {
                let slow = try await listener.client()
                slow.send(Self.head("/body", length: 9))
                #expect(try await slow.answer().status == 408)
                slow.close()
            }
            #expect(waiting.byteCount == 0)
            listener.gate.open()
            #expect(try await waiting.answer().body == "\(size)")
            waiting.close()
        }
    }

    @Test func `All bodies together are bounded, and those that wait leave others alone`()
        async throws
    {
        var limits = TestListener.limits
        limits.unprovenBodiesBytes = 150_000
        limits.unprovenBodiesPerAddressBytes = 100_000
        limits.freeBodyBytes = 0
        try await TestListener.with(limits) { listener in
            func fill(_ size: Int, from address: String) async throws -> RawClient {
                let client = try await listener.client(from: address)
                client.send(Self.head("/kept", length: size))
                client.send([UInt8](repeating: 0x61, count: size))
                return client
            }
            let first = try await fill(90_000, from: "127.0.0.1")
            try await eventually("the first waits") { listener.gate.waiting == 1 }
            let second = try await fill(20_000, from: "127.0.0.1")
            let refused = try await second.answer()
            #expect(refused.status == 503)
            #expect(refused.field("Retry-After") == "5")
            let third = try await fill(50_000, from: "127.0.0.2")
            try await eventually("another address has room") { listener.gate.waiting == 2 }
            let fourth = try await fill(50_000, from: "127.0.0.3")
            #expect(try await fourth.answer().status == 503)
            try await listener.expectServes()

            listener.gate.open()
            #expect(try await first.answer().body == "90000")
            #expect(try await third.answer().body == "50000")
            // What was answered is held no more.
            let fifth = try await fill(90_000, from: "127.0.0.1")
            #expect(try await fifth.answer().body == "90000")
            for client in [first, second, third, fourth, fifth] { client.close() }
        }
    }

    @Test func `A route may answer without the body, and the answer is read`() async throws {
        try await TestListener.with { listener in
            let small = try await listener.client()
            small.send(Self.head("/unread", length: 3) + "abc")
            #expect(try await small.answer().status == 401)
            small.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await small.answer().status == 200)
            small.close()
            let large = try await listener.client()
            large.send(Self.head("/unread", length: 4 << 20))
            large.send([UInt8](repeating: 0x61, count: 4 << 20))
            let answer = try await large.answer()
            #expect(answer.status == 401)
            #expect(answer.field("Connection") == "close")
            try await large.untilEnded()
            large.close()
        }
    }
}
