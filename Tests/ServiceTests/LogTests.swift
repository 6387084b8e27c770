/// What the log says of refused requests, and that nobody else writes in it.
import HTTPTypes
import Logging
import Records
import Service
import Testing

@Suite struct LogTests {
    @Test func `Each refused request is one line`() async throws {
        let county = try TestNode()
        _ = try await county.post("/api/v1/records/supplier", "{")
        _ = try await county.get("/api/v1/nothing?secret=1")
        _ = try await county.send(.delete, "/api/v1/status", user: "a b")
        #expect(
            county.lines.all == [
                "2026-09-21T22:13:20+08:00 notice request refused method=POST "
                    + "path=/api/v1/records/supplier problem=body-malformed status=400 user=jb1\n",
                "2026-09-21T22:13:20+08:00 notice request refused method=GET "
                    + "path=/api/v1/nothing problem=not-found status=404\n",
                "2026-09-21T22:13:20+08:00 notice request refused method=DELETE "
                    + "path=/api/v1/status problem=method-not-allowed status=405\n",
            ])
    }

    @Test func `What is served is no line`() async throws {
        let county = try TestNode()
        _ = try await county.get("/api/v1/status")
        _ = try await county.post("/api/v1/records/supplier", "{\"name\":\"甲公司\"}")
        #expect(county.lines.all == [])
    }

    @Test(
        arguments: [
            ("plain", "plain"), ("", "\"\""), ("a b", "\"a b\""), ("a=b", "\"a=b\""),
            ("a\"b", "\"a\\\"b\""), ("a\r\nb", "\"a\\r\\nb\""), ("a\\b", "\"a\\\\b\""),
            ("a\u{1B}[2Jb", "\"a\\u{1B}[2Jb\""), ("a\u{202E}b", "\"a\\u{202E}b\""),
            ("a\u{2028}b", "\"a\\u{2028}b\""), ("a\u{85}b", "\"a\\u{85}b\""),
            ("a\u{0}", "\"a\\u{0}\""), ("共和县", "共和县"), ("\"\u{301}", "\"\\\"\u{301}\""),
        ])
    func `A value stays on its line and in its quotes`(value: String, written: String) {
        let lines = TestNode.Lines()
        let logger = Logger(label: "test") { _ in
            OneLineLog(clock: { 0 }, write: { lines.add($0) })
        }
        logger.error("told\nso", metadata: ["value": "\(value)", "a": ["x", "y"]])
        #expect(
            lines.all == [
                "1970-01-01T08:00:00+08:00 error told\\nso a=\"[\\\"x\\\", \\\"y\\\"]\" "
                    + "value=\(written)\n"
            ])
    }
}
