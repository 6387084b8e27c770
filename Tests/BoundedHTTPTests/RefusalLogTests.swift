import BoundedHTTP
import Testing

@Suite struct RefusalLogTests {
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
            let line = "path=/a problem=not-found"
            try await eventually("the others are counted") {
                hub.log.refused.filter { $0 != line } == ["suppressed=7"]
            }
            #expect(hub.log.refused.count { $0 == line } == 4)
            hub.now.advance(seconds: 1)
            try await ask(2, from: "127.0.0.2")
            try await eventually("the next ones are, too") {
                hub.log.refused.filter { $0 != line } == ["suppressed=7", "suppressed=1"]
            }
        }
    }
}
