/// Every bad input has an answer that says what to do.
import HTTPTypes
import Records
import Service
import Store
import SyncCore
import Testing

@Suite struct BadInputTests {
    let county: TestNode

    init() throws { county = try TestNode() }

    private static let suppliers = "/api/v1/records/supplier"

    // MARK: Bodies

    @Test(
        arguments: [
            ("{", "syntax"), ("{\"name\":NaN}", "syntax"), ("{} {}", "syntax"),
            ("\u{0}", "syntax"), ("{\"name\":\"a\",\"name\":\"b\"}", "duplicate-key"),
            (#"{"name":"\uD800"}"#, "encoding"),
            (String(repeating: "[", count: 33), "depth"),
        ])
    func `A body that is no strict JSON is malformed, and the place is named`(
        body: String, rule: String
    ) async throws {
        let answer = try await county.post(Self.suppliers, body)
        #expect(answer.status == 400)
        #expect(answer.problem == "body-malformed")
        #expect(answer.json["rule"]?.string == rule)
        #expect(answer.json["offset"]?.integer != nil)
        #expect(answer.json["detail_zh"]?.string?.contains("字节") == true)
    }

    @Test(arguments: ["[1]", "null", "\"name\"", "7"])
    func `A body that is no object is malformed`(body: String) async throws {
        #expect(try await county.post(Self.suppliers, body).problem == "body-malformed")
    }

    @Test(arguments: ["9223372036854775808", "1e999", "1.5"])
    func `A number that is not whole names its field`(number: String) async throws {
        let answer = try await county.post(
            Self.suppliers, "{\"name\":\"甲\",\"deep\":[{\"n\":\(number)}]}")
        #expect(answer.status == 422)
        #expect(answer.problem == "number-out-of-range")
        #expect(answer.json["fields"]?[0]?["field"] == "deep[0].n")
    }

    @Test func `A body that is not UTF-8 is malformed`() async throws {
        let answer = try await county.send(
            .post, Self.suppliers, body: Array("{\"name\":\"".utf8) + [0xFF] + Array("\"}".utf8))
        #expect(answer.status == 400)
        #expect(answer.json["rule"] == "encoding")
    }

    @Test(
        arguments: [
            ("text/plain", 415), ("application/x-www-form-urlencoded", 415),
            ("application/json; charset=gbk", 415), ("application/jsonx", 415), ("", 415),
            ("application/json", 201), ("Application/JSON; Charset=\"UTF-8\"", 201),
        ])
    func `A body is JSON by its type`(type: String, status: Int) async throws {
        let answer = try await county.post(
            Self.suppliers, "{\"name\":\"甲公司\"}", headers: [.contentType: type])
        #expect(answer.status == status)
        if status == 415 { #expect(answer.problem == "content-type") }
    }

    @Test func `A compressed body is not taken`() async throws {
        let answer = try await county.post(
            Self.suppliers, "{\"name\":\"甲公司\"}", headers: [.contentEncoding: "gzip"])
        #expect(answer.status == 415)
        #expect(answer.problem == "content-encoding")
    }

    // MARK: Addresses

    @Test(
        arguments: [
            (HTTPRequest.Method.delete, "/api/v1/records/supplier", "GET, HEAD, POST"),
            (.put, "/api/v1/records/supplier/abc", "GET, HEAD, PATCH"),
            (.get, "/api/v1/sync", "POST"), (.post, "/api/v1/status", "GET, HEAD"),
            (.get, "/api/v1/conflicts/x/decision", "POST"), (.post, "/livez", "GET, HEAD"),
        ])
    func `Another method is told which there are`(
        method: HTTPRequest.Method, path: String, allowed: String
    ) async throws {
        let answer = try await county.send(method, path)
        #expect(answer.status == 405)
        #expect(answer.problem == "method-not-allowed")
        #expect(answer.headers[.allow] == allowed)
    }

    @Test func `An unknown address is a problem, too`() async throws {
        for path in ["/api/v1/nothing", "/api/v1/records", "/api", "/api/v1/records/a/b/c/d"] {
            let answer = try await county.get(path)
            #expect(answer.status == 404)
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
        #expect(try await county.send(.head, "/api/v1/status").status == 200)
    }

    // MARK: Queries

    @Test(
        arguments: [
            "records/supplier?cursor=zzz", "records/supplier?cursor=%00", "conflicts?cursor=zzz",
            "records/supplier?q=%E7%94%B2&cursor=!", "conflicts?cursor=1.nothing",
            "records/supplier?cursor=zzzzzzzzzzzzg", "conflicts?cursor=",
        ])
    func `A cursor that no page gave is refused`(query: String) async throws {
        let answer = try await county.get("/api/v1/" + query)
        #expect(answer.status == 400)
        #expect(answer.problem == "cursor-invalid")
    }

    @Test(arguments: ["-1", "0", "501", "1000000000", "9223372036854775808", "x", ""])
    func `A limit out of range is refused`(limit: String) async throws {
        let answer = try await county.get("\(Self.suppliers)?limit=\(limit)")
        #expect(answer.status == 400)
        #expect(answer.problem == "limit-invalid")
    }

    @Test(
        arguments: [
            "q='%20OR%201=1--", "key='%20OR%20''='", "q=%22)%20OR%20(%22", "q=*", "q=NEAR(a%20b)",
            "key=%25", "q=name%3A%E7%94%B2", "q=%00",
        ])
    func `Quotes in a search find nothing and break nothing`(query: String) async throws {
        let made = try await county.post(Self.suppliers, "{\"name\":\"甲公司\"}")
        #expect(made.status == 201)
        let answer = try await county.get("\(Self.suppliers)?\(query)")
        #expect(answer.status == 200)
        #expect(answer.json["records"] == [])
    }

    // MARK: Records

    @Test func `A record of an insert-only type is not edited`() async throws {
        let edit = try await county.send(
            .patch, "/api/v1/records/serviceLog/0000000000000", token: "x",
            body: Array("{\"site\":\"二号楼\"}".utf8))
        #expect(edit.status == 422)
        #expect(edit.problem == "insert-only")
    }

    @Test(arguments: ["\\u0000", "\\u202e", "\\u2066", "\\u000b", "\\n", "\\u2028"])
    func `A character that hides or reorders names its field`(character: String) async throws {
        let answer = try await county.post(Self.suppliers, "{\"name\":\"甲\(character)公司\"}")
        #expect(answer.status == 422)
        #expect(answer.json["fields"]?[0]?["field"] == "name")
        #expect(answer.json["fields"]?[0]?["code"] == "text-forbidden-character")
    }

    @Test func `Reasons are read as any text is`() async throws {
        let made = try await county.post(Self.suppliers, "{\"name\":\"甲公司\"}")
        let path = "\(Self.suppliers)/\(made.json["id"]?.string ?? "")/withdrawal"
        let token = made.json["token"]?.string
        let hidden = try await county.post(path, "{\"reason\":\"a\\u202eb\"}", token: token)
        #expect(hidden.status == 422)
        #expect(hidden.json["fields"]?[0]?["field"] == "reason")
        let empty = try await county.post(path, "{\"reason\":\" \\n\"}", token: token)
        #expect(empty.problem == "reason-missing")
        let good = try await county.post(path, "{\"reason\":\"歇业\\r\\n核实\"}", token: token)
        #expect(good.status == 200)
    }

    // MARK: The machine

    @Test func `Below the disk's floor nothing is written, and everything is read`() async throws {
        let county = try TestNode(floor: DiskFloor(minimumFreeBytes: 10) { 9 })
        let answer = try await county.post(Self.suppliers, "{\"name\":\"甲公司\"}")
        #expect(answer.status == 507)
        #expect(answer.problem == "disk-floor")
        #expect(answer.json["detail_zh"]?.string?.contains("磁盘") == true)
        #expect(try await county.get(Self.suppliers).status == 200)
        #expect(try county.node.store.status().changes == 0)
    }

    @Test func `A locked database is answered with when to come back`() {
        let problem = Problem(StoreError.busy)
        #expect(problem.status == .serviceUnavailable)
        #expect(problem.name == "busy")
        #expect(problem.headers[.retryAfter] == "5")
    }
}
