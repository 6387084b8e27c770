import Foundation
import HTTPTypes
import Records
import Service
import Store
import SyncCore
import Testing

@testable import ReviewSite

@Suite struct ConflictPages {
    @Test func `an empty list says so, and / leads to it`() async throws {
        let pages = try Pages()
        let root = try await pages.get("/")
        #expect(root.status == 303)
        #expect(root.headers[.location] == "/conflicts")
        let list = try await pages.get("/conflicts")
        try pages.keep(list, as: "empty")
        #expect(list.status == 200)
        #expect(list.body.contains("无待处理冲突"))
        #expect(list.body.contains("<html lang=\"zh-Hans\">"))
    }

    @Test func `the list names the conflict and links to it`() async throws {
        let pages = try Pages()
        try pages.disputedSupplier("甲名有限公司", "乙名有限公司")
        let name = try pages.openConflict()
        let list = try await pages.get("/conflicts?class=same-field&type=supplier")
        try pages.keep(list, as: "list")
        #expect(list.body.contains("href=\"/conflicts/\(name)\""))
        #expect(list.body.contains("同字段冲突"))
        #expect(list.body.contains("青海省"))
        let other = try await pages.get("/conflicts?class=duplicate")
        #expect(other.body.contains("没有符合筛选条件的冲突"))
        #expect(try await pages.get("/conflicts?class=nonsense").status == 400)
        #expect(try await pages.get("/conflicts?cursor=nonsense").status == 400)
    }

    @Test func `the list goes on, page by page, without losing one`() async throws {
        let pages = try Pages()
        for index in 0..<60 {
            let made = try pages.node.create(
                Supplier.type, ["name": .string("第 \(index) 家")], allowsDuplicate: false, by: "c")
            for (name, keepBoth) in [("左", false), ("右", true)] {
                _ = try pages.node.edit(
                    Supplier.type, made.record.id, ["name": .string("\(name) \(index)")],
                    token: made.record.token, keepBoth: keepBoth, reason: nil, by: "c")
            }
        }
        let link = try Regex("<a class=\"button small\" href=\"([^\"]*)\"")
        let next = try Regex("href=\"([^\"]*)\">下一页")
        var address = "/conflicts?type=supplier"
        var seen: Set<String> = []
        for count in [50, 10] {
            let page = try await pages.get(address)
            let links = page.body.matches(of: link).compactMap { $0[1].substring.map(String.init) }
            #expect(links.count == count)
            seen.formUnion(links)
            address =
                page.body.firstMatch(of: next)?[1].substring.map {
                    $0.replacingOccurrences(of: "&amp;", with: "&")
                } ?? ""
        }
        #expect(seen.count == 60)
        #expect(address.isEmpty)
    }

    @Test func `the conflict shows what was agreed, every side, and escapes what people wrote`()
        async throws
    {
        let pages = try Pages()
        try pages.disputedSupplier(
            "<script>alert(1)</script>有限公司", "引号\"\u{0301} onfocus=\"x 有限公司")
        let page = try await pages.get("/conflicts/\(try pages.openConflict())")
        try pages.keep(page, as: "conflict")
        #expect(page.status == 200)
        #expect(page.body.contains("青海湖畔物业服务有限公司"))
        #expect(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;有限公司"))
        #expect(!page.body.contains("<script"))
        // By scalars: to Swift, the accent makes another character of the quotation mark.
        #expect(!page.body.unicodeScalars.map(\.value).containsRun(of: [0x22, 0x0301]))
        #expect(page.body.contains("营业执照变更"))
        #expect(page.body.contains("clerk2"))
        #expect(page.body.contains("按本机时钟"))
        #expect(page.body.contains("与前版不同"))
        #expect(try #require(page.hidden("token")).count > 10)
    }

    @Test func `the pages carry the security headers and the style sheet is there`() async throws {
        let pages = try Pages()
        for path in ["/conflicts", "/nothing", "/records/supplier/zzz"] {
            let page = try await pages.get(path)
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(
                policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
            #expect(page.headers[.xContentTypeOptions] == "nosniff")
            #expect(page.headers[HTTPField.Name("Referrer-Policy")!] == "no-referrer")
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        }
        let page = try await pages.get("/conflicts")
        let link = try #require(
            page.body.firstMatch(of: try Regex("href=\"(/assets/[^\"]*)\""))?[1].substring)
        let css = try await pages.get(String(link))
        #expect(css.headers[.contentType] == "text/css; charset=utf-8")
        #expect(css.headers[.cacheControl]?.contains("immutable") == true)
        #expect(css.body.filter { $0 == "{" }.count == css.body.filter { $0 == "}" }.count)
    }

    @Test func `an unknown address is a page, but the API's own stay as they were`() async throws {
        let pages = try Pages()
        let page = try await pages.get("/nothing")
        try pages.keep(page, as: "missing")
        #expect(page.status == 404)
        #expect(page.body.contains("没有这个页面"))
        let api = try await pages.get("/api/v1/nothing")
        #expect(api.status == 404)
        #expect(api.headers[.contentType] == "application/problem+json")
        #expect(api.headers[.contentSecurityPolicy] == nil)
        #expect(try await pages.get("/conflicts", host: "evil.example").status == 421)
        #expect(try await pages.get("/conflicts", host: "[::1]:8080").status == 200)
    }
}

extension [UInt32] {
    fileprivate func containsRun(of run: [UInt32]) -> Bool {
        indices.contains { self[$0...].starts(with: run) }
    }
}
