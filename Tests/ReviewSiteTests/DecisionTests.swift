import HTTPTypes
import Records
import Service
import Store
import SyncCore
import Testing

@testable import ReviewSite

@Suite struct Decisions {
    private func form(
        _ pages: Pages, _ name: String, choice: String?, reason: String = "核对了营业执照",
        user: String = "prov7", extra: [(String, String)] = []
    ) async throws -> [(String, String)] {
        let page = try await pages.get("/conflicts/\(name)")
        var form = [
            ("token", try #require(page.hidden("token"))),
            ("shown", try #require(page.hidden("shown"))), ("reason", reason), ("user", user),
        ]
        if let choice { form.append(("choice", choice)) }
        return form + extra
    }

    private func names(_ pages: Pages, _ id: ShortID) throws -> Value? {
        let record = try #require(try pages.node.store.record(id))
        return StateValues.agreed(record.state)[Supplier.name]
    }

    @Test func `taking one side leads to the record, with the decision in its history`()
        async throws
    {
        let pages = try Pages()
        let disputed = try pages.disputedSupplier("甲名有限公司", "乙名有限公司")
        let name = try pages.openConflict()
        let item = try #require(try pages.node.store.conflict(named: name)).item
        let side = try #require(item.sides.first { $0.author == "clerk2" })
        let answer = try await pages.post(
            "/conflicts/\(name)/decision",
            try await form(pages, name, choice: "take:\(ShortID(side.reference))"))
        #expect(answer.status == 303)
        let cookie = try #require(answer.headers[.setCookie])
        #expect(cookie.contains("creditsync_user=prov7") && cookie.contains("HttpOnly"))
        #expect(cookie.contains("SameSite=Strict"))
        let location = try #require(answer.headers[.location])
        #expect(location == "/records/supplier/\(disputed.id)?decided=1")
        let record = try await pages.get(location)
        try pages.keep(record, as: "record")
        #expect(record.body.contains("裁定已记录"))
        #expect(record.body.contains("核对了营业执照"))
        #expect(try names(pages, disputed.id) == .text("乙名有限公司"))
        #expect(try pages.node.store.conflicts(limit: 1).elements.isEmpty)
    }

    @Test func `the last agreed value and new values can be chosen`() async throws {
        for (choice, extra, expected) in [
            ("base", [], "青海湖畔物业服务有限公司"),
            ("values", [("field.name", "丙名有限公司"), ("field.formerNames", "甲名\r\n乙名")], "丙名有限公司"),
        ] {
            let pages = try Pages()
            let disputed = try pages.disputedSupplier("甲名有限公司", "乙名有限公司")
            let name = try pages.openConflict()
            let answer = try await pages.post(
                "/conflicts/\(name)/decision",
                try await form(pages, name, choice: choice, extra: extra))
            #expect(answer.status == 303)
            #expect(try names(pages, disputed.id) == .text(expected))
        }
    }

    @Test func `what is missing is named, linked and nothing entered is lost`() async throws {
        let pages = try Pages()
        try pages.disputedSupplier("甲名有限公司", "乙名有限公司")
        let name = try pages.openConflict()
        let answer = try await pages.post(
            "/conflicts/\(name)/decision",
            try await form(
                pages, name, choice: nil, reason: "  ", user: "王某某",
                extra: [("field.name", "丙名<b>")]))
        try pages.keep(answer, as: "incomplete")
        #expect(answer.status == 422)
        for anchor in ["decision", "reason", "user"] {
            #expect(answer.body.contains("href=\"#\(anchor)\""))
            #expect(answer.body.contains("id=\"\(anchor)\""))
        }
        #expect(answer.body.contains("value=\"王某某\""))
        #expect(answer.body.contains("丙名&lt;b&gt;"))
        #expect(answer.headers[.setCookie] == nil)
    }

    @Test func `a field that the API refuses is shown at its input`() async throws {
        let pages = try Pages()
        try pages.disputedSupplier("甲名有限公司", "乙名有限公司")
        let name = try pages.openConflict()
        let answer = try await pages.post(
            "/conflicts/\(name)/decision",
            try await form(pages, name, choice: "values", extra: [("field.name", "")]))
        #expect(answer.status == 422)
        #expect(answer.body.contains("href=\"#field-name\""))
        #expect(answer.body.contains("id=\"field-name-error\""))
        #expect(answer.body.contains("核对了营业执照"))
    }

    @Test func `a side that came meanwhile is shown, and the draft is kept`() async throws {
        let pages = try Pages()
        let record = try pages.disputedSupplier("甲名有限公司", "乙名有限公司")
        let name = try pages.openConflict()
        let entered = try await form(pages, name, choice: "base", reason: "草稿理由")
        try pages.addSide("丙名有限公司", to: record, by: "clerk3")
        let answer = try await pages.post("/conflicts/\(name)/decision", entered)
        try pages.keep(answer, as: "moved")
        #expect(answer.status == 412)
        #expect(answer.body.contains("冲突在打开后已有变化"))
        #expect(answer.body.contains("丙名有限公司"))
        #expect(answer.body.contains("草稿理由"))
        #expect(!answer.body.contains(" checked"))
        #expect(answer.body.contains("<span class=\"tag warn\">新</span>"))
        // Sent again from the page as it is now, it is accepted.
        var again = entered
        again[0].1 = try #require(answer.hidden("token"))
        #expect(try await pages.post("/conflicts/\(name)/decision", again).status == 303)
    }

    @Test func `a conflict that was decided meanwhile says so and gives the reason back`()
        async throws
    {
        let pages = try Pages()
        try pages.disputedSupplier("甲名有限公司", "乙名有限公司")
        let name = try pages.openConflict()
        let entered = try await form(pages, name, choice: "base", reason: "迟到的理由")
        #expect(try await pages.post("/conflicts/\(name)/decision", entered).status == 303)
        let answer = try await pages.post("/conflicts/\(name)/decision", entered)
        try pages.keep(answer, as: "closed")
        #expect(answer.status == 404)
        #expect(answer.body.contains("迟到的理由"))
        #expect(answer.body.contains("该冲突已不再待处理"))
        #expect(try await pages.get("/conflicts/\(name)").status == 404)
    }

    @Test func `another site cannot decide`() async throws {
        let pages = try Pages()
        try pages.disputedSupplier("甲名有限公司", "乙名有限公司")
        let name = try pages.openConflict()
        let entered = try await form(pages, name, choice: "base")
        let refused: [HTTPFields] = [
            [:], [.secFetchSite: "cross-site"], [.secFetchSite: "same-site"],
            [.origin: "http://evil.example"], [.origin: "null"],
            [.secFetchSite: "cross-site", .origin: "http://127.0.0.1:8080"],
        ]
        for headers in refused {
            let answer = try await pages.post(
                "/conflicts/\(name)/decision", entered, headers: headers)
            #expect(answer.status == 403)
            #expect(answer.body.contains("已拒绝提交"))
        }
        #expect(!(try pages.node.store.conflicts(limit: 1).elements.isEmpty))
        let own = try await pages.post(
            "/conflicts/\(name)/decision", entered, headers: [.origin: "http://127.0.0.1:8080"])
        #expect(own.status == 303)
    }
}
