/// A hub of its own in a temporary folder, with the pages on its router.
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Records
import Service
import Store
import SyncCore
import Testing

@testable import ReviewSite

struct Pages {
    let node: Node
    let responder: RouterResponder<APIContext>
    let logger = Logger(label: "pages") { _ in SwiftLogNoOpLogHandler() }

    init() throws {
        let path = FileManager.default.temporaryDirectory.appending(
            path: "review-site-\(UInt64.random(in: 0...UInt64.max))"
        ).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let key = try #require(NodeKey(secret: [UInt8](repeating: 7, count: 32)))
        let name = try #require(NodeID("630000-hub"))
        let folder = try DataFolder(path: path)
        try Store.create(
            Identity(
                node: name, role: .hub, division: "630000", incarnation: 1, key: key, hub: name,
                hubKey: key.publicKey, hubAddress: nil), in: folder)
        node = Node(store: try Store(folder: folder), logger: logger)
        let router = API(node).router()
        try ReviewSite(node).add(to: router)
        responder = router.buildResponder()
    }

    // MARK: Requests

    struct Answer {
        let status: Int
        let headers: HTTPFields
        let body: String

        /// The value of the hidden input.
        func hidden(_ name: String) -> String? {
            body.firstMatch(of: try! Regex("name=\"\(name)\" value=\"([^\"]*)\""))?[1].substring
                .map(String.init)
        }
    }

    func get(_ path: String, host: String = "127.0.0.1:8080") async throws -> Answer {
        try await send(.init(method: .get, scheme: "http", authority: host, path: path))
    }

    func post(
        _ path: String, _ form: [(String, String)],
        headers: HTTPFields = [.secFetchSite: "same-origin"]
    ) async throws -> Answer {
        let body = form.map { name, value in
            let encoded = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            return "\(name)=\(encoded)"
        }.joined(separator: "&")
        return try await send(
            .init(
                method: .post, scheme: "http", authority: "127.0.0.1:8080", path: path,
                headerFields: headers), body: body)
    }

    private func send(_ head: HTTPRequest, body: String = "") async throws -> Answer {
        let request = Request(head: head, body: .init(buffer: ByteBuffer(string: body)))
        let response = try await responder.respond(to: request, context: APIContext(logger: logger))
        let writer = Collector()
        try await response.body.write(writer)
        return Answer(
            status: response.status.code, headers: response.headers,
            body: String(buffer: writer.buffer.value))
    }

    // MARK: Records

    /// Two offices that did not see each other.
    @discardableResult
    func disputedSupplier(_ first: String, _ second: String) throws -> StoredRecord {
        let made = try node.create(
            Supplier.type,
            [
                "name": "青海湖畔物业服务有限公司", "smeClass": "SMALL",
                "uscc": .string(FictionalSupplier.code(index: 3).code),
                "contactPerson": "张某", "contactPhone": "0974-8520000",
            ], allowsDuplicate: false, by: "clerk1")
        _ = try node.edit(
            Supplier.type, made.record.id, ["name": .string(first)], token: made.record.token,
            keepBoth: false, reason: "营业执照变更", by: "clerk1")
        try addSide(second, to: made.record, by: "clerk2")
        return made.record
    }

    /// Somebody who saw the record only as it was then.
    func addSide(_ name: String, to record: StoredRecord, by author: String) throws {
        _ = try node.edit(
            Supplier.type, record.id, ["name": .string(name)], token: record.token, keepBoth: true,
            reason: nil, by: author)
    }

    func openConflict() throws -> String {
        try #require(try node.store.conflicts(limit: 10).elements.first).name
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}

private final class Box: @unchecked Sendable {
    var value = ByteBuffer()
}

private struct Collector: ResponseBodyWriter {
    let buffer = Box()

    mutating func write(_ buffer: ByteBuffer) async throws {
        self.buffer.value.writeImmutableBuffer(buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

extension Pages {
    /// For eyes: with the style sheet inside, so that the file shows alone.
    func keep(_ answer: Answer, as name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["REVIEW_PAGES"] else { return }
        let html = answer.body.replacing(
            try Regex("<link rel=\"stylesheet\"[^>]*>"),
            with: "<style>\(Templates.stylesheet)</style>")
        try html.write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
    }
}
