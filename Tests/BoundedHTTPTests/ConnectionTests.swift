@testable import BoundedHTTP
import Testing

@Suite struct ConnectionTests {
    private static let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `One address cannot take all connections`() async throws {
        var limits = TestListener.limits
        limits.connections = 4
        limits.connectionsPerAddress = 2
        try await TestListener.with(limits) { listener in
            func open(_ address: String) async throws -> (RawClient, isServed: Bool) {
                let client = try await listener.client(from: address)
                let before = listener.gate.waiting
                client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
                try await eventually("it is served or refused") {
                    listener.gate.waiting > before || client.isEnded
                }
                return (client, listener.gate.waiting > before)
            }
            var clients: [RawClient] = []
            for (address, expected) in [
                ("127.0.0.1", true), ("127.0.0.1", true), ("127.0.0.1", false),
                ("127.0.0.2", true), ("127.0.0.3", true), ("127.0.0.4", false),
            ] {
                let (client, isServed) = try await open(address)
                #expect(isServed == expected, "\(address)")
                clients.append(client)
            }
            #expect(listener.log.refused == Array(repeating: "path=- problem=busy", count: 2))
            clients[0].reset()
            try await eventually("there is room again") { listener.roll.counts.connections == 3 }
            let (again, isServed) = try await open("127.0.0.4")
            #expect(isServed)
            for client in clients + [again] { client.close() }
        }
    }

    @Test func `Who asks nothing gives way to who comes, the longest at rest first`() async throws {
        var limits = TestListener.limits
        limits.connections = 3
        limits.connectionsPerAddress = 2
        try await TestListener.with(limits) { listener in
            func open(_ address: String) async throws -> RawClient {
                let client = try await listener.client(from: address)
                client.send(Self.hello)
                #expect(try await client.answer().status == 200)
                return client
            }
            let first = try await open("127.0.0.2")
            let second = try await open("127.0.0.3")
            let third = try await open("127.0.0.2")
            try await eventually("all rest") { listener.roll.atRest == 3 }
            second.send(Self.hello)
            #expect(try await second.answer().status == 200)
            try await eventually("all rest") { listener.roll.atRest == 3 }
            let fourth = try await open("127.0.0.2")
            try await first.untilEnded()
            let fifth = try await open("127.0.0.4")
            try await third.untilEnded()
            #expect(!second.isEnded && !fourth.isEnded)
            #expect(listener.log.refused.isEmpty)
            for client in [first, second, third, fourth, fifth] { client.close() }
        }
    }

    @Test func `A connection that is refused without a request is told why`() async throws {
        var limits = TestListener.limits
        limits.connections = 1
        try await TestListener.with(limits) { listener in
            let first = try await listener.client()
            first.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("it waits") { listener.gate.waiting == 1 }
            let second = try await listener.client()
            let answer = try await second.answer()
            #expect(answer.status == 503)
            #expect(answer.field("Retry-After") == "5")
            try await second.untilEnded()
            first.close()
            second.close()
        }
    }

    @Test func `A client that sends no more still gets its answer, to the last byte`() async throws
    {
        try await TestListener.with { listener in
            let client = try await listener.client()
            client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            client.finish()
            #expect(try await client.answer().byteCount == 16 << 20)
            try await client.untilEnded()
            client.close()
        }
    }

    @Test func `A request that ends in the middle is refused, and no route takes it for whole`()
        async throws
    {
        try await TestListener.with { listener in
            for (request, path) in [
                ("GET /hel", "-"),
                ("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", "/body"),
                (
                    "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc",
                    "/body"
                ),
            ] {
                let client = try await listener.client()
                client.send(request)
                client.finish()
                #expect(try await client.answer().status == 400)
                try await client.untilEnded()
                client.close()
                #expect(listener.log.refused.last == "path=\(path) problem=cut-short")
            }
            #expect(listener.log.refused.count == 3)
            #expect(listener.bodies.all.isEmpty)
        }
    }

    @Test func `A request whose line breaks is noted, too`() async throws {
        try await TestListener.with { listener in
            for (request, bodyBytes, line) in [
                ("", 0, nil), ("GET /hel", 0, "path=- problem=cut-short"),
                (
                    "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", 3,
                    "path=/body problem=cut-short"
                ),
            ] {
                let before = listener.log.refused.count
                let client = try await listener.client()
                client.send(Self.hello)
                #expect(try await client.answer().status == 200)
                client.send(request)
                try await eventually("it is there") {
                    listener.roll.counts.bodyBytes == bodyBytes
                        && listener.roll.atRest == (request.isEmpty ? 1 : 0)
                }
                client.reset()
                try await eventually("it is gone") { listener.roll.counts == (0, 0) }
                #expect(listener.log.refused.dropFirst(before) == (line.map { [$0] } ?? [])[...])
            }
            #expect(listener.bodies.all.isEmpty)
        }
    }

    @Test func `Requests that are sent ahead are answered one after the other`() async throws {
        try await TestListener.with { listener in
            let client = try await listener.client()
            client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("the first waits") { listener.gate.waiting == 1 }
            client.send(
                "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + Self.hello)
            client.finish()
            listener.gate.open()
            #expect(try await client.answer().body == "waited")
            #expect(try await client.answer().body == "3")
            #expect(try await client.answer().body == "hello")
            try await client.untilEnded()
            client.close()
        }
    }

    @Test func `A flood of requests that are sent ahead is not kept`() async throws {
        try await TestListener.with { listener in
            let client = try await listener.client()
            client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("the first waits") { listener.gate.waiting == 1 }
            for _ in 0..<100 { client.send(String(repeating: Self.hello, count: 1000)) }
            try await listener.expectServes()
            client.close()
        }
    }

    @Test func `A request behind a chunked body in one piece ends the connection, not the service`()
        async throws
    {
        try await TestListener.with { listener in
            let client = try await listener.client()
            client.send(
                "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n0\r\n\r\n" + Self.hello)
            #expect(try await client.answer().body == "3")
            try await client.untilEnded()
            client.close()
            try await listener.expectServes()
        }
    }

    @Test func `A client that does not read its answer is cut`() async throws {
        var limits = TestListener.limits
        limits.answerMilliseconds = 400
        try await TestListener.with(limits) { listener in
            let client = try await RawClient(port: listener.port, reads: false, room: 4096)
            client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            try await listener.expectServes()
            try await eventually("it is cut") { !listener.log.refused.isEmpty }
            #expect(listener.log.refused == ["path=/large problem=answer-not-taken"])
            try await eventually("its place is free") { listener.roll.counts.connections == 0 }
            client.close()
        }
    }

    @Test func `A client that reads slowly, but steadily, gets all of its answer`() async throws {
        var limits = TestListener.limits
        limits.answerMilliseconds = 3000
        limits.slowestBytesPerSecond = 10_000
        try await TestListener.with(limits) { listener in
            let client = try await RawClient(port: listener.port, reads: false)
            client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("it is complete") {
                client.read()
                return client.byteCount > 16 << 20 || client.isEnded
            }
            #expect(try await client.answer().byteCount == 16 << 20)
            #expect(listener.log.refused.isEmpty)
            client.close()
        }
    }

    @Test func `A stop does not wait for what clients still have to send`() async throws {
        var limits = TestListener.limits
        limits.quiesceMilliseconds = 200
        try await TestListener.with(limits) { listener in
            let (idle, head) = (try await listener.client(), try await listener.client())
            let (body, waiting) = (try await listener.client(), try await listener.client())
            idle.send(Self.hello)
            #expect(try await idle.answer().status == 200)
            head.send("GET /hel")
            body.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
            waiting.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("all are there") {
                listener.roll.counts == (4, 3) && listener.gate.waiting == 1
            }
            let start = ContinuousClock.now
            await listener.stop()
            try await idle.untilEnded()
            try await head.untilEnded()
            let refused = try await body.answer()
            #expect(refused.problem == "busy")
            listener.gate.open()
            let answer = try await waiting.answer()
            #expect(answer.body == "waited")
            #expect(answer.field("Connection") == "close")
            for client in [idle, head, body, waiting] { client.close() }
            try await eventually("they are gone") { listener.roll.counts == (0, 0) }
            #expect(start.duration(to: .now) < .seconds(5))
        }
    }

    @Test func `A client that says it will close gets its answer and the connection ends`()
        async throws
    {
        try await TestListener.with { listener in
            for request in [
                "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "GET /hello HTTP/1.0\r\n\r\n",
            ] {
                let client = try await listener.client()
                client.send(request)
                #expect(try await client.answer().body == "hello")
                try await client.untilEnded()
                client.close()
            }
        }
    }

    @Test func `A burst of bad clients leaves the good ones alone`() async throws {
        var limits = TestListener.limits
        limits.headMilliseconds = 2000
        try await TestListener.with(limits) { listener in
            try await withThrowingTaskGroup { group in
                for index in 0..<200 {
                    group.addTask {
                        let client = try await listener.client(from: "127.0.0.2")
                        switch index % 4 {
                        case 0: client.send("garbage\r\n\r\n")
                        case 1: client.send("GET /hello HTT")
                        case 2: client.send("POST /body HTTP/1.1\r\nContent-Length: 9999\r\n\r\n")
                        default: client.send([UInt8](repeating: 0x61, count: 100_000))
                        }
                        if index % 3 == 0 { client.finish() }
                        if index % 4 != 2 { try await client.untilEnded() }
                        client.close()
                    }
                }
                for _ in 0..<20 { try await listener.expectServes() }
                try await group.waitForAll()
            }
            try await listener.expectServes()
            #expect(listener.bodies.all.isEmpty)
        }
    }
}
