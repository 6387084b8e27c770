import APIClient
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Records
import Service
import Store

/// Calls the node's API: over loopback when its service runs, else in this process.
///
/// The folder's lock decides: whoever holds it owns the database, and nobody else opens it.
struct NodeClient {
    private enum Way {
        case service(ServiceConnection)
        case here(Node, any HTTPResponder<APIContext>)
    }

    private let way: Way
    private let logger: Logger

    init(folder path: String) throws {
        // What goes wrong is said once, by the command.
        logger = Logger(label: "creditsync") { _ in SwiftLogNoOpLogHandler() }
        guard DataFolder.exists(path: path) else {
            throw CommandFailure(
                .noNode, "\(path) 中没有节点：请先运行 creditsync init，或用 --data 指定目录",
                "there is no node in \(path): run `creditsync init`, or name the folder with --data"
            )
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
            way = .service(ServiceConnection(address: address))
        }
    }

    /// Answers of 400 and more become failures that say what to do.
    func call(
        _ method: HTTPRequest.Method, _ path: String, user: String? = nil, token: String? = nil,
        body: JSON? = nil
    ) async throws -> APIAnswer {
        let answer = try await send(method, path, user: user, token: token, body: body)
        if answer.status >= 400 { throw Self.failure(answer) }
        return answer
    }

    /// Writes an answer to a file as it comes, so that it may be of any length.
    func download(_ path: String, as type: String, to file: ExportFile) async throws {
        let answer: APIAnswer
        switch way {
        case .here(_, let responder):
            let response = try await responder.respond(
                to: request(.get, path, headers: [.accept: type], body: nil),
                context: APIContext(logger: logger))
            let collector = BodyCollector()
            if response.status.code < 400 {
                try await response.body.write(FileCollector(file: file))
            } else {
                try await response.body.write(collector)
            }
            answer = APIAnswer(status: response.status.code, tag: nil, body: collector.bytes)
        case .service(let service):
            answer = try await service.download(path, as: type) { try file.write($0) }
        }
        if answer.status >= 400 { throw Self.failure(answer) }
    }

    private func request(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields, body: JSON?
    ) -> Request {
        Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost", path: path,
                headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(bytes: body?.encoded ?? [])))
    }

    private static func failure(_ answer: APIAnswer) -> CommandFailure {
        let object = answer.json.object ?? [:]
        var chinese = object["detail_zh"]?.string ?? "错误 \(answer.status)"
        var english = object["detail"]?.string ?? "error \(answer.status)"
        for field in object["fields"]?.array ?? [] {
            let name = field["field"]?.string ?? ""
            chinese += "\n  \(name): \(field["message_zh"]?.string ?? "")"
            english += "\n  \(name): \(field["message"]?.string ?? "")"
        }
        let name = object["type"]?.string?.split(separator: "/").last.map(String.init) ?? ""
        if let hint = hints[name] {
            chinese += "\n  " + hint.chinese
            english += "\n  " + hint.english
        }
        return CommandFailure(.failed, chinese, english)
    }

    /// The API speaks of headers and queries; at a terminal the way on has other names.
    private static let hints: [String: Bilingual] = [
        "duplicate": Bilingual(
            "确需另立请加 --allow-duplicate", "to open a merge task anyway: --allow-duplicate"),
        "stale": Bilingual(
            "请用 show 重新查看；edit 可加 --keep-both 并存",
            "look again with `show`; `edit --keep-both` keeps both"),
        "disputed": Bilingual(
            "请用 conflict list 和 conflict resolve 处理",
            "see `conflict list` and `conflict resolve`"),
        "user-missing": Bilingual("请用 --as 代码", "say who you are with --as CODE"),
        "choice-unclear": Bilingual(
            "请用 --take、--set、--life、--accept 或 --merge-into 之一",
            "use one of --take, --set, --life, --accept, --merge-into"),
        "no-such-log": Bilingual("不带参数的 inspect 列出全部日志", "`inspect` alone lists the logs"),
    ]

    private func send(
        _ method: HTTPRequest.Method, _ path: String, user: String?, token: String?, body: JSON?
    ) async throws -> APIAnswer {
        switch way {
        case .here(_, let responder):
            var headers: HTTPFields = [:]
            if let user { headers[.user] = user }
            if let token { headers[.ifMatch] = "\"\(token)\"" }
            let response = try await responder.respond(
                to: request(method, path, headers: headers, body: body),
                context: APIContext(logger: logger))
            let collector = BodyCollector()
            try await response.body.write(collector)
            return APIAnswer(
                status: response.status.code, tag: response.headers[.eTag],
                body: collector.bytes)
        case .service(let service):
            do {
                return try await service.send(
                    method, path, user: user, token: token, body: body)
            } catch {
                throw CommandFailure(
                    .inUse, "数据目录正被使用，但其服务没有应答（\(service.address)）：\(error)",
                    "the folder is in use, but its service at \(service.address) does not answer: "
                        + "\(error)")
            }
        }
    }

    /// Runs the sync loop for as long as the body takes, if the node is opened here.
    func withSyncLoop<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
        guard case .here(let node, _) = way, let loop = SyncLoop(node) else {
            return try await body()
        }
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

/// Passes an answer on to a file.
private struct FileCollector: ResponseBodyWriter {
    let file: ExportFile

    mutating func write(_ buffer: ByteBuffer) async throws { try file.write(buffer) }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
