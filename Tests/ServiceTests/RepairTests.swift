/// `POST /api/v1/repair` without anything to mend, or with nobody to ask.
import Foundation
import HTTPTypes
import Records
import Service
import Store
import SyncCore
import Testing

@Suite struct RepairTests {
    private static let path = "/api/v1/repair"

    @Test func `Nothing is damaged`() async throws {
        for identity in [TestNode.hub, TestNode.county] {
            let node = try TestNode(identity)
            _ = try await node.post("/api/v1/records/supplier", "{\"name\":\"甲公司\"}")
            let answer = try await node.post(Self.path, "")
            #expect(answer.status == 200)
            #expect(answer.json["sound"] == true && answer.json["segments"] == 0)
            #expect(answer.json["rebuilt"] == false && answer.json["failure"] == .null)
            #expect(try await node.get("/api/v1/status").json["damage"] == .null)
        }
    }

    @Test func `It wants a person, and files of this machine`() async throws {
        let node = try TestNode()
        let nobody = try await node.send(.post, Self.path, user: nil)
        #expect(nobody.status == 400 && nobody.problem == "user-missing")
        #expect(try await node.get(Self.path).status == 405)
        for files in ["1", "\"/tmp/x\"", "[1]", "[\"relative\"]", "[\"/a\",null]"] {
            let answer = try await node.post(Self.path, "{\"files\":\(files)}")
            #expect(answer.status == 422 && answer.problem == "invalid-fields", "\(files)")
        }
    }

    @Test func `A full disk is no reason to leave damage as it is`() async throws {
        let node = try TestNode(floor: DiskFloor(minimumFreeBytes: 1) { 0 })
        #expect(try await node.post(Self.path, "").status == 200)
    }
}
