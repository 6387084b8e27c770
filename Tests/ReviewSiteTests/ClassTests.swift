import HTTPTypes
import Records
import Service
import Store
import SyncCore
import Testing

@testable import ReviewSite

/// Each further class of conflict, from its page to the log.
@Suite struct Classes {
    private func decide(
        _ pages: Pages, _ name: String, choice: String, extra: [(String, String)] = []
    ) async throws -> Pages.Answer {
        let page = try await pages.get("/conflicts/\(name)")
        #expect(page.status == 200)
        return try await pages.post(
            "/conflicts/\(name)/decision",
            [
                ("token", try #require(page.hidden("token"))), ("choice", choice),
                ("shown", page.hidden("shown") ?? ""), ("reason", "已核实"), ("user", "prov7"),
            ] + extra)
    }

    private func credit(_ pages: Pages) throws -> StoredRecord {
        let supplier = try pages.node.create(
            Supplier.type, ["name": "高原保洁服务部"], allowsDuplicate: false, by: "clerk1")
        return try pages.node.create(
            CreditRecord.type,
            [
                "supplier": .string(supplier.record.id.description), "source": "PERFORMANCE",
                "polarity": "BAD", "facts": "保洁人员连续三日未到岗，经两次书面催告后整改。",
                "severity": "SLIGHT",
            ], allowsDuplicate: false, by: "clerk1"
        ).record
    }

    private func edit(
        _ pages: Pages, _ record: StoredRecord, _ fields: [String: JSON], keepBoth: Bool,
        by author: String
    ) throws {
        _ = try pages.node.edit(
            CreditRecord.type, record.id, fields, token: record.token, keepBoth: keepBoth,
            reason: "现场核查记录", by: author)
    }

    @Test func `parallel edits are confirmed`() async throws {
        let pages = try Pages()
        let record = try credit(pages)
        try edit(pages, record, ["severity": "GENERAL"], keepBoth: false, by: "clerk1")
        try edit(pages, record, ["facts": "保洁人员连续五日未到岗。"], keepBoth: true, by: "clerk2")
        let name = "\(record.id).parallel"
        let page = try await pages.get("/conflicts/\(name)")
        try pages.keep(page, as: "parallel")
        #expect(page.body.contains("未改动") && page.body.contains("一般"))
        #expect(page.body.contains("当前值"))
        #expect(try await decide(pages, name, choice: "accept").status == 303)
        #expect(try pages.node.store.conflict(named: name) == nil)
    }

    @Test func `a withdrawal and an edit: the record is restored`() async throws {
        let pages = try Pages()
        let record = try credit(pages)
        _ = try pages.node.setWithdrawn(
            CreditRecord.type, record.id, true, token: record.token, reason: "误录", by: "clerk1")
        try edit(pages, record, ["severity": "GENERAL"], keepBoth: true, by: "clerk2")
        let name = "\(record.id).life"
        let page = try await pages.get("/conflicts/\(name)")
        try pages.keep(page, as: "life")
        #expect(page.body.contains("保持撤销") && page.body.contains("恢复记录"))
        #expect(page.body.contains("误录"))
        let answer = try await decide(pages, name, choice: "life:alive")
        #expect(answer.status == 303)
        let shown = try await pages.get(try #require(answer.headers[.location]))
        #expect(!shown.body.contains("已撤销"))
    }

    @Test func `a broken rule is mended with new values`() async throws {
        let pages = try Pages()
        let record = try credit(pages)
        try edit(
            pages, record,
            [
                "source": "OFFICIAL_REF", "decisionBody": "共和县市场监督管理局",
                "decisionNo": "共市监罚〔2026〕3号", "decisionDate": "2026-03-02",
            ], keepBoth: false, by: "clerk1")
        let cited = try #require(try pages.node.store.record(record.id))
        try edit(pages, cited, ["severity": "SERIOUS"], keepBoth: false, by: "clerk1")
        // As from another office: here it would be refused, since the two together break a rule.
        _ = try pages.node.store.append(
            Edit(
                target: .existing(cited.state.record), basis: .keepBoth(token: cited.token),
                writes: [
                    CreditRecord.Group.basis: .fields([CreditRecord.source: .text("PERFORMANCE")])
                ], author: "clerk2", schemaVersion: 1))
        let name = "\(record.id).rule-3"
        let page = try await pages.get("/conflicts/\(name)")
        try pages.keep(page, as: "rule")
        #expect(page.body.contains("不得认定为“严重”"))
        let wrong = try await decide(
            pages, name, choice: "values",
            extra: [("field.severity", "SERIOUS"), ("field.source", "PERFORMANCE")])
        #expect(wrong.status == 422)
        #expect(wrong.body.contains("id=\"field-severity-error\""))
        let right = try await decide(
            pages, name, choice: "values",
            extra: [("field.severity", "GENERAL"), ("field.source", "PERFORMANCE")])
        #expect(right.status == 303)
        #expect(try pages.node.store.conflict(named: name) == nil)
    }

    @Test func `two records of one code: one stays, the other leads to it`() async throws {
        let pages = try Pages()
        let code = JSON.string(FictionalSupplier.code(index: 9).code)
        var ids: [ShortID] = []
        for (name, author) in [("雪域餐饮有限公司", "clerk1"), ("雪域餐饮公司", "clerk2")] {
            ids.append(
                try pages.node.create(
                    Supplier.type, ["name": .string(name), "uscc": code], allowsDuplicate: true,
                    by: author
                ).record.id)
        }
        let name = try pages.openConflict()
        let page = try await pages.get("/conflicts/\(name)")
        try pages.keep(page, as: "duplicate")
        #expect(page.body.contains("雪域餐饮有限公司") && page.body.contains("雪域餐饮公司"))
        let answer = try await decide(pages, name, choice: "merge:\(ids[0])")
        #expect(answer.headers[.location] == "/records/supplier/\(ids[0])?decided=1")
        let other = try await pages.get("/records/supplier/\(ids[1])")
        try pages.keep(other, as: "merged")
        #expect(other.body.contains("已并入"))
        #expect(other.body.contains("href=\"/records/supplier/\(ids[0])\""))
    }

    @Test func `a disputed record shows its provisional value and its conflict`() async throws {
        let pages = try Pages()
        let record = try credit(pages)
        try edit(pages, record, ["severity": "GENERAL"], keepBoth: false, by: "clerk1")
        try edit(
            pages, record, ["severity": "SLIGHT", "expiry": "2027-03-01"], keepBoth: true,
            by: "clerk2")
        let page = try await pages.get("/records/creditRecord/\(record.id)")
        try pages.keep(page, as: "provisional")
        #expect(page.body.contains("暂定"))
        #expect(page.body.contains("href=\"/conflicts/\(record.id).group-13\""))
        #expect(page.body.contains("高原保洁服务部"))
        let conflict = try await pages.get("/conflicts/\(record.id).group-13")
        try pages.keep(conflict, as: "credit")
        #expect(conflict.body.contains("type=\"date\""))
    }
}
