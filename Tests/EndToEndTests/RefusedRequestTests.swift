import APIClient
import Rehearsal
import Records
import Testing

extension EndToEnd {
    @Suite("Requests that are refused")
    struct RefusedRequests {
        @Test func `An edit of an outdated form is refused, or kept beside what came`() async throws
        {
            try await Province.with(counties: 0) { province in
                let hub = province.hub
                let supplier = try await hub.addSupplier(1)
                let path = "/api/v1/records/supplier/\(supplier)"
                let token = try await hub.get(path).token
                try await hub.setPhone(of: supplier, "0974-1", as: "sheng1")
                let heads = try await hub.get(path + "/history").json["changes"]?.array?
                    .compactMap { $0["change"]?.string }.filter { $0 != supplier }
                let late: JSON = ["contactPhone": "0974-2"]

                let stale = try await hub.ask("PATCH", path, as: "sheng2", token: token, late)
                #expect(stale.status == 412)
                #expect(stale.json["heads"]?.array?.compactMap(\.string) == heads)
                #expect(try await hub.phone(of: supplier) == "0974-1")

                let kept = try await hub.ask(
                    "PATCH", path + "?keepBoth=true", as: "sheng2", token: token, late)
                #expect(kept.status == 200)
                let open = try await hub.openConflicts()
                #expect(open.count == 1)
                #expect(open.first?["sides"]?.array?.count == 2)

                // A disputed field is decided on its conflict, not edited in passing.
                let now = try await hub.get(path).token
                let disputed = try await hub.ask(
                    "PATCH", path, as: "sheng2", token: now, ["contactPhone": "0974-3"])
                #expect(disputed.status == 409)
                #expect(disputed.problem == "disputed")
            }
        }

        @Test func `A write says who writes and what it saw, and holds what the fields allow`()
            async throws
        {
            try await Province.with(counties: 1) { province in
                let county = province.counties[0]
                let records = "/api/v1/records/"
                let supplier = try await county.addSupplier(1)
                let path = records + "supplier/\(supplier)"
                let token = try await county.get(path).token
                let edit: JSON = ["contactPhone": "0974-2"]

                #expect(try await county.ask("PATCH", path, as: "jb01", edit).status == 428)
                #expect(try await county.ask("PATCH", path, token: token, edit).status == 400)
                let named = try await county.ask("PATCH", path, as: "张 三", token: token, edit)
                #expect(named.status == 400)
                #expect(named.problem == "user-missing")
                let forged = try await county.ask("PATCH", path, as: "jb01", token: "?", edit)
                #expect(forged.status == 400)

                let invalid = try await county.ask(
                    "POST", records + "supplier", as: "jb01",
                    ["name": "示例公司", "uscc": "91990000MA0000000X"])
                #expect(invalid.status == 422)
                #expect(invalid.json["fields"]?[0]?["field"] == "uscc")
                #expect(invalid.json["fields"]?[0]?["message_zh"]?.string?.isEmpty == false)
                #expect(invalid.json["detail_zh"]?.string?.isEmpty == false)

                let twin = try await county.ask(
                    "POST", records + "supplier", as: "jb01", Forms.supplier(1))
                #expect(twin.status == 409)
                #expect(twin.json["records"] == [.string(supplier)])

                let log = try await county.post(
                    records + "serviceLog", as: "jb01", Forms.log(1))
                let logPath = records + "serviceLog/\(log["id"]?.string ?? "")"
                let logToken = try await county.get(logPath).token
                let changed = try await county.ask(
                    "PATCH", logPath, as: "jb01", token: logToken, ["result": "改写"])
                #expect(changed.status == 422)
                #expect(changed.problem == "insert-only")

                let atHub = try await province.hub.ask(
                    "POST", records + "serviceLog", as: "sheng1", Forms.log(1))
                #expect(atHub.status == 403)
                #expect(try await county.changes(of: county) == 2)
            }
        }

        @Test func `Garbage and unknown addresses are answered as problems`() async throws {
            try await Province.with(counties: 0) { province in
                let port = try #require(await province.hub.apiPort())
                let user = [(name: "CreditSync-User", value: "sheng1")]
                for body in ["{", "", "[1]", "{\"name\":1,\"name\":2}", "\u{0}", "{\"name\":"] {
                    let answer = try await RawRequest(
                        "POST", "/api/v1/records/supplier", user, body: Array(body.utf8)
                    ).send(toPort: port)
                    #expect(answer.status == (body.isEmpty ? 422 : 400), "\(body)")
                    #expect(answer.head.contains("application/problem+json"))
                }
                let deep = Array(String(repeating: "[", count: 200_000).utf8)
                let nested = try await RawRequest(
                    "POST", "/api/v1/records/supplier", user, body: deep
                ).send(toPort: port)
                #expect(nested.status == 400)
                let large = try await RawRequest(
                    "POST", "/api/v1/records/supplier", user,
                    body: Array(repeating: 0x20, count: 2 << 20)
                ).send(toPort: port)
                #expect(large.status == 413)
                for path in [
                    "/api/v1", "/api/v1/nothing", "/api/v1/records/nothing",
                    "/api/v1/records/supplier/zzzz", "/api/v1/changes/%FF",
                    "/api/v1/conflicts/none", "/api/v1/segments?log=none",
                ] {
                    let answer = try await RawRequest("GET", path).send(toPort: port)
                    #expect(answer.status == 404, "\(path)")
                    #expect(answer.head.contains("application/problem+json"), "\(path)")
                }
                // The pages answer people, in HTML; the sync routes are not here.
                for path in ["/nothing", "/sync/v1/exchange"] {
                    let answer = try await RawRequest("GET", path).send(toPort: port)
                    #expect(answer.status == 404, "\(path)")
                }
                for path in [
                    "/api/v1/records/supplier?limit=0", "/api/v1/records/supplier?cursor=%00",
                    "/api/v1/conflicts?cursor=zzz", "/api/v1/records/supplier?scope=x",
                ] {
                    let answer = try await RawRequest("GET", path).send(toPort: port)
                    #expect((200..<500).contains(answer.status), "\(path)")
                }
                // A page elsewhere whose name was pointed at this machine gets nothing.
                var rebound = RawRequest("GET", "/api/v1/status")
                rebound.head.replace("Host: 127.0.0.1", with: "Host: example.org")
                #expect(try await rebound.send(toPort: port).status == 421)
                #expect(try await province.hub.get("/readyz").status == 200)
            }
        }
    }
}

extension APIAnswer {
    /// The last part of a problem's type.
    var problem: String? {
        json["type"]?.string?.split(separator: "/").last.map(String.init)
    }
}
