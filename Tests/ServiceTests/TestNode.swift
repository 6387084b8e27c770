/// A node in memory behind its API, and every line that it logs.
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Records
import Service
import Store
import SyncCore
import Synchronization

struct TestNode {
    /// What was written to the log.
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    struct Answer {
        let status: Int
        let headers: HTTPFields
        let body: [UInt8]

        var json: JSON { JSON(decoding: body) ?? .null }
        /// The last part of a problem's type.
        var problem: String? {
            json["type"]?.string?.split(separator: "/").last.map(String.init)
        }
    }

    let node: Node
    let lines = Lines()
    private let logger: Logger
    private let responder: any HTTPResponder<APIContext>

    static let hubKey = NodeKey(secret: [UInt8](repeating: 7, count: 32))!
    static let hubName = NodeID("630000-hub")!
    static let now: Int64 = 1_790_000_000_000

    static let hub = Identity(
        node: hubName, role: .hub, division: "630000", incarnation: 1, key: hubKey, hub: hubName,
        hubKey: hubKey.publicKey, hubAddress: nil)
    static let county = Identity(
        node: NodeID("632521-01")!, role: .county, division: "632521", incarnation: 1,
        key: NodeKey(secret: [UInt8](repeating: 8, count: 32))!, hub: hubName,
        hubKey: hubKey.publicKey, hubAddress: "http://127.0.0.1:1")

    init(_ identity: Identity = county, floor: DiskFloor = .none) throws {
        let store = try Store(
            inMemory: InMemoryDatabase(), identity: identity, clock: { Self.now },
            random: Store.systemRandom)
        let lines = lines
        logger = Logger(label: "test") { _ in
            OneLineLog(clock: { Self.now }, write: { lines.add($0) })
        }
        node = Node(store: store, logger: logger, diskFloor: floor)
        responder = API(node).router().buildResponder()
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:],
        user: String? = "jb1", token: String? = nil, body: [UInt8] = []
    ) async throws -> Answer {
        var headers = headers
        if let user { headers[HTTPField.Name.user] = user }
        if let token { headers[.ifMatch] = "\"\(token)\"" }
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "127.0.0.1:8630", path: path,
                headerFields: headers), body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let response = try await responder.respond(to: request, context: APIContext(logger: logger))
        let gathered = Gathered()
        try await response.body.write(gathered)
        return Answer(
            status: response.status.code, headers: response.headers, body: gathered.bytes)
    }

    func post(
        _ path: String, _ body: String, headers: HTTPFields = [:], token: String? = nil
    ) async throws -> Answer {
        try await send(.post, path, headers: headers, token: token, body: Array(body.utf8))
    }

    func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(.get, path, headers: headers, user: nil)
    }
}

private final class Gathered: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws { bytes += buffer.readableBytesView }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
