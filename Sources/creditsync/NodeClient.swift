import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Records
import Service
import Store

/// Calls the node's API: over loopback when its service runs, else in this process.
///
/// The folder's lock decides: whoever holds it owns the database, and nobody else opens it.
struct NodeClient {
    private enum Way {
        case service(address: String)
        case here(Node, any HTTPResponder<APIContext>)
    }

    private let way: Way
    private let logger: Logger

    struct Answer {
        let status: Int
        let token: String?
        let body: [UInt8]

        /// Null for what is not JSON.
        var json: JSON { JSON(decoding: body) ?? .null }
    }

    init(folder path: String) throws {
        var logger = Logger(label: "creditsync")
        logger.logLevel = .error
        self.logger = logger
        guard DataFolder.exists(path: path) else {
            throw CommandFailure(
                .noNode, "\(path) 中没有节点：请先运行 creditsync init，或用 --data 指定目录",
                "there is no node in \(path): run `creditsync init`, or name the folder with --data")
        }
        do {
            let folder = try DataFolder(path: path)
            let node = Node(store: try Store(folder: folder), logger: logger)
            way = .here(node, API(node).router().buildResponder())
        } catch StoreError.locked {
            guard let address = ServiceFile.read(folder: path)?.api else {
                throw CommandFailure(
                    .inUse, "数据目录 \(path) 正被另一进程使用，但没有正在运行的服务",
                    "another process uses \(path), and it is not a service that could be asked")
            }
            way = .service(address: address)
        }
    }

    /// Answers of 400 and more become failures that say what to do.
    func call(
        _ method: HTTPRequest.Method, _ path: String, user: String? = nil, token: String? = nil,
        body: JSON? = nil
    ) async throws -> Answer {
        let answer = try await send(method, path, user: user, token: token, body: body)
        if answer.status >= 400 { throw Self.failure(answer) }
        return answer
    }

    private static func failure(_ answer: Answer) -> CommandFailure {
        let object = answer.json.object ?? [:]
        var chinese = object["detail_zh"]?.string ?? "错误 \(answer.status)"
        var english = object["detail"]?.string ?? "error \(answer.status)"
        for field in object["fields"]?.array ?? [] {
            let name = field["field"]?.string ?? ""
            chinese += "\n  \(name): \(field["message_zh"]?.string ?? "")"
            english += "\n  \(name): \(field["message"]?.string ?? "")"
        }
        return CommandFailure(.failed, chinese, english)
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, user: String?, token: String?, body: JSON?
    ) async throws -> Answer {
        var headers: HTTPFields = [:]
        if let user { headers[.user] = user }
        if let token { headers[.ifMatch] = "\"\(token)\"" }
        if body != nil { headers[.contentType] = "application/json" }
        switch way {
        case .here(_, let responder):
            let request = Request(
                head: HTTPRequest(
                    method: method, scheme: "http", authority: "localhost", path: path,
                    headerFields: headers),
                body: RequestBody(buffer: ByteBuffer(bytes: body?.encoded ?? [])))
            let response = try await responder.respond(
                to: request, context: APIContext(logger: logger))
            let collector = BodyCollector()
            try await response.body.write(collector)
            return Answer(
                status: response.status.code, token: Self.token(response.headers[.eTag]),
                body: collector.bytes)
        case .service(let address):
            var request = HTTPClientRequest(url: address + path)
            request.method = NIOHTTP1.HTTPMethod(rawValue: method.rawValue)
            for field in headers { request.headers.add(name: field.name.rawName, value: field.value) }
            if let body { request.body = .bytes(body.encoded) }
            do {
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(300))
                let buffer = try await response.body.collect(upTo: 64 << 20)
                return Answer(
                    status: Int(response.status.code),
                    token: Self.token(response.headers.first(name: "ETag")),
                    body: Array(buffer.readableBytesView))
            } catch {
                throw CommandFailure(
                    .inUse, "数据目录正被使用，但其服务没有应答（\(address)）：\(error)",
                    "the folder is in use, but its service at \(address) does not answer: \(error)")
            }
        }
    }

    private static func token(_ tag: String?) -> String? {
        tag.map { $0.replacingOccurrences(of: "\"", with: "") }
    }

    /// Runs the sync loop for as long as the body takes, if the node is opened here.
    func withSyncLoop<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
        guard case .here(let node, _) = way, let loop = SyncLoop(node) else { return try await body() }
        let running = Task { try await loop.run() }
        defer { running.cancel() }
        return try await body()
    }
}

/// Gathers an answer that is written in this process.
private final class BodyCollector: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws { bytes += buffer.readableBytesView }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Where the running service listens, for commands and for people.
struct ServiceFile: Codable {
    let api: String
    let sync: String?
    let process: Int32

    private static func path(_ folder: String) -> String { folder + "/service.json" }

    static func read(folder: String) -> ServiceFile? {
        guard let data = FileManager.default.contents(atPath: path(folder)) else { return nil }
        return try? JSONDecoder().decode(ServiceFile.self, from: data)
    }

    func write(folder: String) throws {
        try JSONEncoder().encode(self).write(
            to: URL(fileURLWithPath: Self.path(folder)), options: .atomic)
    }

    static func remove(folder: String) {
        try? FileManager.default.removeItem(atPath: path(folder))
    }
}
