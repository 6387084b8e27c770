import APIClient
import Foundation
import LogWriting
import Records
import Rehearsal
import SyncCore
import Synchronization
import WireFormat

/// Somebody with a registered key, a withdrawn one and an unknown one, who sends what should not
/// be sent.
final class Intruder: Sendable {
    private let place: Mutex<Place>
    let syncPort: Int
    let hubID = NodeID("630000-hub")!
    let node = NodeID("632521-09")!
    let key = NodeKey()
    let former = NodeID("632522-09")!
    let formerKey = NodeKey()
    /// A record that is never edited, which it pushed.
    let serviceLog: Reference

    /// The hub's present process.
    private struct Place {
        var hub: NodeProcess
        var apiPort = 0
        var boot: UInt64 = 0
    }

    var hub: NodeProcess { place.withLock { $0.hub } }
    private var apiPort: Int { place.withLock { $0.apiPort } }
    private var boot: UInt64 { place.withLock { $0.boot } }

    init(_ province: Province) async throws {
        let hub = province.hub
        place = Mutex(Place(hub: hub))
        syncPort = province.syncPort
        var writer = LogWriter(
            log: LogID(
                node: node, incarnation: 1, scope: Scope("county/632521")!, lane: .events),
            key: key)
        serviceLog = writer.add(.creates(type: "serviceLog"), [(10, [], [0xA0])])
        try await Self.register(node, key, at: hub)
        let path = "/api/v1/records/node/" + (try await Self.register(former, formerKey, at: hub))
        _ = try await hub.ask(
            "POST", path + "/withdrawal", as: "admin", token: try await hub.get(path).token,
            ["reason": "停用"])
        try await move(to: hub)
        _ = try await push([writer.sealed])
    }

    /// Goes on with another process of the same hub, whose boot number its first answer tells.
    func move(to hub: NodeProcess) async throws {
        let port = await hub.apiPort() ?? 0
        place.withLock { $0 = Place(hub: hub, apiPort: port) }
        let answer = try await sync()
        let header = answer.head.split(separator: "\r\n").compactMap { line -> String? in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts[0].lowercased() == "creditsync-proof"
                ? parts[1].trimmingCharacters(in: .whitespaces) : nil
        }
        guard let proof = header.first.flatMap({ Data(base64Encoded: $0) }) else {
            throw NodeProcess.Broken(description: "the hub told no boot number")
        }
        let boot = try MessageProof(encoded: Array(proof)).boot
        place.withLock { $0.boot = boot }
    }

    @discardableResult
    private static func register(
        _ node: NodeID, _ key: NodeKey, at hub: NodeProcess
    ) async throws -> String {
        let made = try await hub.post(
            "/api/v1/records/node", as: "admin",
            [
                "node": .string(node.name),
                "publicKey": .string(Data(key.publicKey.bytes).base64EncodedString()),
                "scopes": ["province", .string("county/" + node.name.prefix(6))], "title": "县",
            ])
        return made["id"]?.string ?? ""
    }

    static func nonce() -> [UInt8] {
        (0..<MessageProof.nonceByteCount).map { _ in UInt8.random(in: 0...255) }
    }

    /// An exchange request about the province.
    static func message(clock: VectorClock? = nil, segments: [[UInt8]] = []) -> [UInt8] {
        MessageCodec.encode(
            ExchangeRequest(
                scopes: [ScopeReport(scope: .province, digest: .zero, clock: clock)],
                segments: segments))
    }

    // MARK: Sending

    /// A signed exchange request, changed.
    func sync(
        _ body: [UInt8] = message(), _ change: (inout SignedRequest) -> Void = { _ in }
    ) async throws -> Reply {
        var request = SignedRequest(
            body: body, sender: node, key: key, hub: hubID, boot: boot, nonce: Self.nonce())
        change(&request)
        return Reply(try await request.raw.send(toPort: syncPort))
    }

    /// Bytes of a request's head and body as they would go over the wire.
    func wire(
        _ body: [UInt8] = message(), _ change: (inout SignedRequest) -> Void = { _ in }
    ) -> (head: [UInt8], body: [UInt8]) {
        var request = SignedRequest(
            body: body, sender: node, key: key, hub: hubID, boot: boot, nonce: Self.nonce())
        change(&request)
        let raw = request.raw
        return (Array(raw.head.utf8), raw.body)
    }

    /// Segments of its own log, as a good node would push them.
    func push(_ segments: [[UInt8]]) async throws -> Reply {
        try await sync(Self.message(segments: segments))
    }

    func writer(_ incarnation: UInt64, _ lane: Lane = .records) -> LogWriter {
        LogWriter(
            log: LogID(node: node, incarnation: incarnation, scope: .province, lane: lane),
            key: key)
    }

    /// A request to the API with any body.
    func api(
        _ method: String, _ path: String, _ body: String? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> Reply {
        try await api(method, path, bytes: body.map { Array($0.utf8) }, headers: headers)
    }

    func api(
        _ method: String, _ path: String, bytes: [UInt8]?,
        headers: [(name: String, value: String)] = []
    ) async throws -> Reply {
        var all = headers + [("CreditSync-User", "jb01")]
        if bytes != nil, !headers.contains(where: { $0.name == "Content-Type" }) {
            all.append(("Content-Type", "application/json"))
        }
        return Reply(
            try await RawRequest(method, path, all, body: bytes ?? []).send(toPort: apiPort))
    }

    func talk(_ steps: [Wire.Step], toAPI: Bool = false) async throws -> Reply {
        try await Wire(port: toAPI ? apiPort : syncPort).talk(steps)
    }
}

extension Province {
    /// Another process of the hub, which must not run meanwhile.
    func hubProcess(adding arguments: [String]) -> NodeProcess {
        NodeProcess(
            name: hub.name, folder: hub.folder, program: EndToEnd.program,
            serveArguments: [
                "--listen", "127.0.0.1:0", "--sync-listen", "127.0.0.1:\(syncPort)",
                "--log-level", "notice",
            ] + arguments)
    }
}
