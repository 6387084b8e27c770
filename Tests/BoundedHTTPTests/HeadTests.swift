import BoundedHTTP
import Testing

@Suite struct HeadTests {
    private func expect(
        _ status: Int, _ problem: String, _ limits: ListenerLimits = TestListener.limits,
        sending requests: [String]
    ) async throws {
        try await TestListener.with(limits) { listener in
            for (count, request) in requests.enumerated() {
                let client = try await listener.client()
                client.send(request)
                let answer = try await client.answer()
                #expect(answer.status == status, "\(request.prefix(60))")
                #expect(answer.problem == problem, "\(request.prefix(60))")
                #expect(answer.field("Connection") == "close")
                try await client.untilEnded()
                client.close()
                #expect(listener.log.refused.count == count + 1, "\(listener.log.refused)")
                #expect(listener.log.refused.last?.contains("problem=\(problem)") == true)
            }
            try await listener.expectServes()
        }
    }

    @Test func `A request line that is too long is refused, with and without an end`() async throws
    {
        let long = String(repeating: "a", count: 5000)
        try await expect(
            414, "address-too-long",
            sending: ["GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\(long)"])
    }

    @Test func `Heads of too many bytes or fields are refused, whatever the parser counts`()
        async throws
    {
        var limits = TestListener.limits
        limits.headBytes = 8 * 1024
        limits.headFields = 20
        let line = "GET /hello HTTP/1.1\r\nHost: a\r\n"
        try await expect(
            431, "head-too-large", limits,
            sending: [
                line + "X: " + String(repeating: "x", count: 9000) + "\r\n\r\n",
                line + String(repeating: "X: y\r\n", count: 30) + "\r\n",
                line + "X:" + String(repeating: " ", count: 9000),
                String(repeating: "\r\n", count: 5000),
            ])
    }

    @Test func `A silent client and one that sends a byte at a time are cut`() async throws {
        var limits = TestListener.limits
        limits.headMilliseconds = 1500
        try await TestListener.with(limits) { listener in
            let silent = try await listener.client()
            let slow = try await listener.client()
            for byte in "GET /hello HTTP/1.1\r\nX: ".utf8 { slow.send([byte]) }
            try await eventually("the slow one is refused") {
                slow.send([UInt8(ascii: "x")])
                return slow.byteCount > 0
            }
            #expect(try await slow.answer().status == 408)
            #expect(try await silent.answer().status == 408)
            try await silent.untilEnded()
            try await slow.untilEnded()
            silent.close()
            slow.close()
            #expect(listener.log.refused == Array(repeating: "path=- problem=too-slow", count: 2))
            try await listener.expectServes()
        }
    }

    @Test func `A later head has its own deadline, and a kept connection is closed in time`()
        async throws
    {
        var limits = TestListener.limits
        limits.headMilliseconds = 300
        limits.idleMilliseconds = 600
        try await TestListener.with(limits) { listener in
            let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
            let slow = try await listener.client()
            slow.send(hello)
            #expect(try await slow.answer().status == 200)
            slow.send("GET /hel")
            #expect(try await slow.answer().status == 408)
            slow.close()
            let idle = try await listener.client()
            idle.send(hello)
            #expect(try await idle.answer().status == 200)
            try await idle.untilEnded()
            #expect(idle.byteCount == 0)
            idle.close()
            #expect(listener.log.refused.count == 1)
        }
    }

    @Test func `What is not HTTP is refused`() async throws {
        let both = "POST /body HTTP/1.1\r\nHost: a\r\n"
        let length = "Content-Length: 3\r\n"
        let chunked = "Transfer-Encoding: chunked\r\n"
        try await expect(
            400, "http-malformed",
            sending: [
                "\u{1}\u{2}\u{3}\r\n\r\n", "hello\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /hello HTTP/9.9\r\n\r\n",
                "GET /hello HTTP/1.1\r\nHo st: a\r\n\r\n",
                both + length + chunked + "\r\nabc", both + chunked + length + "\r\n0\r\n\r\n",
                both + length + "Content-Length: 4\r\n\r\nabc",
                both + "Content-Length: -1\r\n\r\n",
            ])
    }

    @Test func `TRACE and CONNECT are not allowed`() async throws {
        try await TestListener.with { listener in
            for request in ["TRACE /hello", "CONNECT a:80"] {
                let client = try await listener.client()
                client.send("\(request) HTTP/1.1\r\nHost: a\r\n\r\n")
                let answer = try await client.answer()
                #expect(answer.status == 405)
                #expect(answer.field("Allow") == "GET, POST")
                try await client.untilEnded()
                client.close()
            }
            #expect(listener.log.refused.count == 2)
        }
    }

    @Test func `A wish for another protocol does not make the connection hang`() async throws {
        try await TestListener.with { listener in
            let client = try await listener.client()
            client.send(
                "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.status == 200)
            #expect(answer.field("Connection") == "close")
            try await client.untilEnded()
            client.close()
        }
    }
}
