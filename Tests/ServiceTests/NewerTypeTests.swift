/// Records of a type that only a newer version knows: kept, passed on, listed.
import Foundation
import HTTPTypes
import Records
import Service
import Store
import SyncCore
import Testing
import WireFormat

@Suite struct NewerTypeTests {
    let hub: TestNode
    let record: Reference
    let log: LogID

    init() throws {
        hub = try TestNode(TestNode.hub)
        let county = try TestNode(TestNode.county).node.store
        record = try county.append(
            Edit(
                target: .new(type: "evaluation", scope: .province, lane: .records),
                basis: .nothing, writes: [40: .fields([7: .text("满意")])], author: "jb1",
                schemaVersion: 1)
        ).record.state.record
        log = record.log
        try county.sealTail()
        _ = try hub.node.create(
            RegisteredNode.type,
            [
                "node": .string(TestNode.county.node.name),
                "publicKey": .string(
                    Data(TestNode.county.key.publicKey.bytes).base64EncodedString()),
                "scopes": ["province", "county/632521"],
            ], allowsDuplicate: false, by: "sheng1")
        let segments = try #require(try county.exportedSegments(of: log)).encoded
        #expect(try hub.node.store.apply(segments).newChanges == 1)
    }

    private var path: String { "/api/v1/records/evaluation" }

    @Test func `It is listed and shown as needing an upgrade`() async throws {
        let types = try await hub.get("/api/v1/unknown-types").json
        #expect(types["types"] == ["evaluation"])
        let list = try await hub.get(path)
        #expect(list.status == 200)
        #expect(list.json["records"]?[0]?["needsUpgrade"] == true)
        let shown = try await hub.get("\(path)/\(ShortID(record))")
        #expect(shown.status == 200)
        #expect(shown.json["notice_zh"]?.string?.contains("需升级后查看") == true)
        let history = try await hub.get("\(path)/\(ShortID(record))/history")
        #expect(history.json["changes"]?.array?.count == 1)
        #expect(try await hub.get("/api/v1/changes/\(ShortID(record))").status == 200)
    }

    @Test func `It is passed on as it came, and not written here`() async throws {
        #expect(try hub.node.store.exportedSegments(of: log)?.encoded.count == 1)
        let edit = try await hub.send(
            .patch, "\(path)/\(ShortID(record))", token: "x", body: Array("{}".utf8))
        #expect(edit.status == 409)
        #expect(edit.problem == "needs-upgrade")
        #expect(try await hub.post(path, "{}").problem == "no-such-type")
        #expect(try await hub.get("/api/v1/records/nothing").problem == "no-such-type")
    }
}
