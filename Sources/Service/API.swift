import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Records
import Store
import SyncCore

/// The REST API. Every page's action and every command is one of these calls.
public struct API: Sendable {
    let node: Node

    public init(_ node: Node) { self.node = node }

    public func router() -> Router<APIContext> {
        let router = Router(context: APIContext.self, options: [.autoGenerateHeadEndpoints])
        let methods = MethodTable()
        router.add(middleware: ProblemMiddleware(logger: node.logger))
        router.add(middleware: LoopbackMiddleware())
        router.add(middleware: MethodMiddleware(table: methods))
        addHealth(to: router)
        let api = router.group("api/v1")
        addNode(to: api)
        addRecords(to: api)
        addConflicts(to: api)
        addInspection(to: api)
        methods.note(router)
        return router
    }

    // MARK: Records

    private func addRecords(to api: RouterGroup<APIContext>) {
        api.get("types") { _, _ in
            answer(["types": .array(Catalogue.all.map { .string($0.name) })])
        }
        // An address of its own, since it looks at every record.
        api.get("unknown-types") { _, _ in
            let unknown = try await offload { [node] in try node.store.unknownTypes() }
            return answer(["types": .array(unknown.map { .string($0) })])
        }
        api.get("types/:type") { _, context in
            answer(try type(context).schema)
        }
        api.get("records/:type") { request, context in try await list(request, context) }
        api.post("records/:type") { request, context in
            let type = try type(context)
            let author = try request.author()
            let fields = try await request.object()
            let allowsDuplicate = request.query("duplicate") == "allow"
            let written = try await offload { [node] in
                try node.create(type, fields, allowsDuplicate: allowsDuplicate, by: author)
            }
            return try await answer(written, status: .created)
        }
        api.get("records/:type/:id") { _, context in
            let (type, id) = try shownRecord(context)
            let (view, token) = try await offload { [node] in
                let record = try node.existing(type, id)
                return (try node.view(of: record), record.token)
            }
            return answer(view, token: token)
        }
        api.patch("records/:type/:id") { request, context in
            let (type, id) = try await record(context)
            let author = try request.author()
            let token = try request.token()
            let fields = try await request.object()
            let keepBoth = request.query("keepBoth") == "true"
            let reason = request.query("reason")
            let allowsDuplicate = request.query("duplicate") == "allow"
            let written = try await offload { [node] in
                try node.edit(
                    type, id, fields, token: token, keepBoth: keepBoth,
                    allowsDuplicate: allowsDuplicate, reason: reason, by: author)
            }
            return try await answer(written)
        }
        for (path, isWithdrawn) in [("withdrawal", true), ("restoration", false)] {
            api.post("records/:type/:id/\(path)") { request, context in
                let (type, id) = try await record(context)
                let author = try request.author()
                let token = try request.token()
                let reason = try await request.object().reason()
                let written = try await offload { [node] in
                    try node.setWithdrawn(
                        type, id, isWithdrawn, token: token, reason: reason, by: author)
                }
                return try await answer(written)
            }
        }
        api.get("records/:type/:id/history") { _, context in
            let (name, id) = try shownRecord(context)
            let type = Catalogue.type(named: name)
            let entries = try await offload { [node] in
                _ = try node.existing(name, id)
                return try node.store.history(id)
            }
            guard let entries else { throw Problem.noSuchRecord }
            return answer(["changes": .array(entries.map { node.view(of: $0, type) })])
        }
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let limit = try request.limit()
        let cursor = request.query("cursor")
        guard let type = Catalogue.type(named: try parameter("type", context)) else {
            return try await listUnknown(context, after: cursor, limit: limit)
        }
        let text = request.query("q")
        let key = request.query("key")
        var scope: Scope?
        if let name = request.query("scope") {
            guard let known = Scope(name) else {
                throw Problem("scope-invalid", .badRequest, "No such scope.", "范围不存在。")
            }
            scope = known
        }
        return try await offload { [node, scope] in
            let page: Page<StoredRecord>
            if let text {
                page = try node.store.search(text, type: type, after: cursor, limit: limit)
            } else if let key {
                page = Page(
                    elements: try node.store.records(ofType: type, naturalKey: key), next: nil)
            } else {
                page = try node.store.records(
                    ofType: type, scope: scope, after: cursor, limit: limit)
            }
            return answer(try node.view(of: page))
        }
    }

    /// Records of a newer version's type: kept, passed on, and listed so that they are not missed.
    private func listUnknown(
        _ context: APIContext, after cursor: String?, limit: Int
    ) async throws -> Response {
        let name = try parameter("type", context)
        let page = try await offload { [node] in
            try node.store.records(ofUnknownType: name, after: cursor, limit: limit)
        }
        if page.elements.isEmpty, cursor == nil { throw Problem.noSuchType }
        return answer(try node.view(of: page))
    }

    // MARK: Conflicts

    private func addConflicts(to api: RouterGroup<APIContext>) {
        api.get("conflicts") { request, _ in
            let limit = try request.limit()
            let cursor = request.query("cursor")
            let type = request.query("type")
            let kind = ConflictClass.allCases.first { $0.name == request.query("class") }
            if request.query("class") != nil, kind == nil {
                throw Problem("class-invalid", .badRequest, "No such class.", "冲突类别不存在。")
            }
            let page = try await offload { [node] in
                try node.store.conflicts(type: type, kind: kind, after: cursor, limit: limit)
            }
            var object: [String: JSON] = [
                "conflicts": .array(page.elements.map { node.view(of: $0) })
            ]
            if let next = page.next { object["next"] = .string(next) }
            return answer(.object(object))
        }
        api.get("conflicts/:name") { _, context in
            let name = try parameter("name", context)
            let found = try await offload { [node] in try node.store.conflict(named: name) }
            guard let (item, token) = found else { throw Problem.noSuchConflict }
            return answer(node.view(of: item, token: token), token: token)
        }
        api.post("conflicts/:name/decision") { request, context in
            let name = try parameter("name", context)
            let author = try request.author()
            let token = try request.token()
            let body = try await request.object()
            let choice = try Choice(body)
            let written = try await offload { [node] in
                try node.decide(
                    name, choice, token: token, reason: try body.reason(), by: author)
            }
            return try await answer(written)
        }
    }

    // MARK: Answers

    func type(_ context: APIContext) throws -> RecordType {
        guard let type = Catalogue.type(named: try parameter("type", context)) else {
            throw Problem.noSuchType
        }
        return type
    }

    private func record(_ context: APIContext) async throws -> (RecordType, ShortID) {
        let (name, id) = try shownRecord(context)
        if let type = Catalogue.type(named: name) { return (type, id) }
        // A write of what only a newer version understands.
        let stored = try await offload { [node] in try node.store.record(id) }
        guard stored?.state.type == name else { throw Problem.noSuchType }
        throw Problem.typeNeedsUpgrade
    }

    /// Its type may be one that this version does not know.
    private func shownRecord(_ context: APIContext) throws -> (type: String, ShortID) {
        let type = try parameter("type", context)
        guard let id = ShortID(try parameter("id", context)) else {
            throw Catalogue.type(named: type) == nil ? Problem.noSuchType : .noSuchRecord
        }
        return (type, id)
    }

    func parameter(_ name: String, _ context: APIContext) throws -> String {
        guard let raw = context.parameters.get(name), let text = raw.removingPercentEncoding else {
            throw Problem.notFound
        }
        return text
    }

    private func answer(
        _ written: Node.Written, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let view = try await offload { [node] in try node.view(of: written.record) }
        guard case .object(var object) = view else { preconditionFailure("a record is an object") }
        object["change"] = written.change.map(Node.id) ?? .null
        if !written.warnings.isEmpty { object["warnings"] = written.warnings.json }
        var response = answer(.object(object), token: written.record.token, status: status)
        if status == .created {
            response.headers[.location] =
                "/api/v1/records/\(written.record.state.type)/\(written.record.id)"
        }
        return response
    }

    func answer(
        _ json: JSON, token: String? = nil, status: HTTPResponse.Status = .ok
    ) -> Response {
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8"]
        if let token { headers[.eTag] = "\"\(token)\"" }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.encoded)))
    }
}
