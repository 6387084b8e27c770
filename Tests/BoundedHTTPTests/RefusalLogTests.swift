import BoundedHTTP
import Testing

@Suite struct RefusalLogTests {
    private func suppressed(_ log: LogLines) -> Int {
        log.refused.filter { $0.hasPrefix("suppressed=") }
            .reduce(0) { $0 + (Int($1.dropFirst("suppressed=".count)) ?? 0) }
    }

    @Test func `Of one address so many lines are written, and how many more there were is said`()
        async throws
    {
        var limits = TestListener.limits
        limits.refusalLinesPerAddressBurst = 3
        limits.refusalSummaryMilliseconds = 500
        try await TestHub.with(limits) { hub in
            func ask(_ count: Int, from address: String) async throws {
                for _ in 0..<count {
                    _ = try await hub.send(
                        hub.request(of: hub.county, path: "/a"), from: address)
                }
            }
            try await ask(10, from: "127.0.0.2")
            try await ask(1, from: "127.0.0.3")
            try await eventually("the others are counted") { suppressed(hub.log) == 7 }
            #expect(hub.log.refused.count { $0 == "path=/a problem=not-found" } == 4)
            hub.now.advance(seconds: 1)
            try await ask(2, from: "127.0.0.2")
            try await eventually("the next ones are, too") { suppressed(hub.log) == 8 }
            #expect(hub.log.refused.count { $0 == "path=/a problem=not-found" } == 5)
        }
    }
}
