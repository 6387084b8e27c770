/// Records of a type that only a newer version knows, on the pages.
import Records
import Service
import Store
import SyncCore
import Testing

@testable import ReviewSite

@Suite struct NewerTypeTests {
    let pages: Pages
    let id: String

    /// In dispute, too: the newer offices disagree about it.
    init() throws {
        pages = try Pages()
        let store = pages.node.store
        func edit(_ target: Edit.Target, _ basis: Edit.Basis, _ text: String) throws -> StoredRecord
        {
            try store.append(
                Edit(
                    target: target, basis: basis, writes: [40: .fields([7: .text(text)])],
                    author: "jb1", schemaVersion: 1)
            ).record
        }
        let made = try edit(
            .new(type: "evaluation", scope: .province, lane: .records), .nothing, "满意")
        for text in ["基本满意", "不满意"] {
            _ = try edit(
                .existing(made.state.record), .keepBoth(token: made.token), text)
        }
        id = made.id.description
    }

    @Test func `The record's page says that it needs an upgrade`() async throws {
        let page = try await pages.get("/records/evaluation/\(id)")
        #expect(page.status == 200)
        #expect(page.body.contains("需升级后查看"))
    }

    @Test func `Its conflict is listed and shown, and is decided elsewhere`() async throws {
        let list = try await pages.get("/conflicts")
        #expect(list.status == 200)
        #expect(list.body.contains("需升级后查看"))
        let name = try pages.openConflict()
        let conflict = try await pages.get("/conflicts/\(name)")
        #expect(conflict.status == 200)
        let token = try #require(try pages.node.store.conflict(named: name)).token
        let side = try #require(try pages.node.store.conflict(named: name)).item.sides[0]
        let answer = try await pages.post(
            "/conflicts/\(name)/decision",
            [
                ("token", token), ("choice", "take:\(ShortID(side.reference))"),
                ("reason", "核实"), ("user", "sheng1"),
            ])
        #expect((400..<500).contains(answer.status))
        #expect(try pages.node.store.conflict(named: name) != nil)
    }
}
