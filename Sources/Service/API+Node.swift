import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Records
import Store
import SyncCore
import SyncSession
import WireFormat

extension API {
    // MARK: Health

    func addHealth(to router: Router<APIContext>) {
        router.get("livez") { _, _ in text("ok\n") }
        // Ready means that records can be read and written here; the hub's reach is no part of it.
        router.get("readyz") { _, _ in
            _ = try await offload { [node] in try node.store.reports() }
            return text("ok\n")
        }
        router.get("metrics") { _, _ in
            let status = try await offload { [node] in try node.store.status() }
            return text(
                Metrics.text(node, status), type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    // MARK: The node itself

    func addNode(to api: RouterGroup<APIContext>) {
        api.get("status") { _, _ in
            let status = try await offload { [node] in try node.store.status() }
            return answer(node.view(of: status))
        }
        api.post("sync") { request, _ in
            _ = try request.author()
            let report = try await node.syncNow()
            let damage = node.damage
            return answer(
                .object([
                    "damage": damage.map { .string($0.english) } ?? .null,
                    "damage_zh": damage.map { .string($0.chinese) } ?? .null,
                    "ok": .bool(report.failure == nil),
                    "failure": report.failure.map { .string($0.sentence.english) } ?? .null,
                    "failure_zh": report.failure.map { .string($0.sentence.chinese) } ?? .null,
                    "unreachable": .bool(report.failure?.isUnreachable ?? false),
                    "received": .integer(Int64(report.received)),
                    "pendingUpload": .integer(Int64(report.pendingUpload)),
                    "openConflicts": .integer(Int64(report.openConflicts)),
                ]))
        }
        api.post("verification") { request, _ in
            _ = try request.author()
            let found = try await offload { [node] in try node.store.verify() }
            return answer(
                .object([
                    "sound": .bool(found.isSound), "logs": .integer(Int64(found.logs)),
                    "changes": .integer(Int64(found.changes)),
                    "segments": .integer(Int64(found.segments)),
                    "signatures": .integer(Int64(found.signatures)),
                    "receipts": .integer(Int64(found.receipts)),
                    "problems": .array(found.problems.map { .string($0) }),
                ]))
        }
        api.post("repair") { request, _ in
            let author = try request.author()
            let files = try await request.object().exportedFiles()
            node.logger.notice("repair", metadata: ["by": "\(author)"])
            return answer(try await node.repair(from: files).json)
        }
        api.post("rebuild") { request, _ in
            let author = try request.author()
            // It writes the whole projection anew before it lets go of the old one.
            if node.diskFloor.isBelow { throw Problem.diskFloor }
            node.logger.notice("rebuild", metadata: ["by": "\(author)"])
            let isEqual = try await offload { [node] in try node.store.rebuild() }
            return answer(["unchanged": .bool(isEqual)])
        }
        api.get("state") { _, _ in
            let digests = try await offload { [node] in
                try node.store.status().scopes.map { report in
                    (
                        report.scope.description, report.digest.hex,
                        try node.store.stateDigest(of: report.scope).hex
                    )
                }
            }
            return answer(
                .object([
                    "scopes": .array(
                        digests.map { scope, clock, state in
                            [
                                "scope": .string(scope), "clock": .string(clock),
                                "state": .string(state),
                            ]
                        })
                ]))
        }
        api.get("refusals") { _, _ in
            let refusals = try await offload { [node] in try node.store.refusals() }
            return answer(["refusals": .array(refusals.map(view))])
        }
    }

    private func view(of refusal: RefusalRecord) -> JSON {
        [
            "at": .string(BeijingTime.iso(milliseconds: refusal.at)),
            "where": .string(refusal.isAtHub ? "hub" : "here"),
            "rule": .string(refusal.rule.name), "log": .string(refusal.log),
            "firstSequence": .integer(Int64(refusal.firstSequence)),
            "times": .integer(Int64(refusal.times)),
        ]
    }

    // MARK: Looking inside

    func addInspection(to api: RouterGroup<APIContext>) {
        api.get("changes/:id") { _, context in
            guard let id = ShortID(try parameter("id", context)),
                let change = try await offload({ [node] in try node.store.change(id) })
            else { throw Problem.noSuchRecord }
            return text(DebugText.text(of: change))
        }
        api.get("logs") { _, _ in
            let status = try await offload { [node] in try node.store.status() }
            return answer(["logs": .array(status.logs.map(node.view))])
        }
        // A log's name holds slashes, so it travels as a query.
        api.get("segments") { request, _ in
            let log = try await log(named: request.query("log"))
            if request.headers[.accept]?.contains(LogExport.contentType) == true {
                return try await LogExport.response(log, of: node.store, node.logger)
            }
            let (segments, unsealed) = try await offload { [node] in
                try node.store.contents(of: log)
            }
            let texts = segments.map(DebugText.text(of:)) + unsealed.map(DebugText.text(of:))
            return text(texts.joined(separator: "\n"))
        }
    }

    private func log(named name: String?) async throws -> LogID {
        let status = try await offload { [node] in try node.store.status() }
        guard let log = status.logs.first(where: { $0.log.description == name })?.log else {
            throw Problem.noSuchLog
        }
        return log
    }

    func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: .ok, headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

extension Node {
    public func view(of status: StoreStatus) -> JSON {
        let identity = status.identity
        let sync = monitor.status
        var object: [String: JSON] = [
            "node": .string(identity.node.name), "role": .string(identity.role.rawValue),
            "division": .string(identity.division),
            "office": .string(Divisions.fullName(of: identity.division) ?? identity.division),
            "publicKey": .string(Data(identity.key.publicKey.bytes).base64EncodedString()),
            "hub": .string(identity.hub.name),
            "changes": .integer(Int64(status.changes)),
            "segments": .integer(Int64(status.segments)),
            "openConflicts": .integer(Int64(status.openConflicts)),
            "waiting": .integer(Int64(status.waiting)),
            "refusals": .integer(Int64(status.refusals)),
            "databaseBytes": .integer(Int64(status.databaseBytes)),
            "forkedLogs": .array(
                status.logs.filter { $0.branches > 1 }.map { .string($0.log.description) }),
            "scopes": .array(status.scopes.map { .string($0.scope.description) }),
        ]
        object["damage"] = damage.map { .string($0.english) } ?? .null
        object["damage_zh"] = damage.map { .string($0.chinese) } ?? .null
        if identity.role == .county {
            object["hubAddress"] = .string(identity.hubAddress ?? "")
            object["pendingUpload"] = .integer(Int64(status.pendingUpload))
            let last = [sync.lastSuccess, status.lastNews].compactMap(\.self).max()
            object["lastSync"] = last.map { .string(BeijingTime.iso(milliseconds: $0)) } ?? .null
            object["lastFailure"] = sync.lastFailure.map { .string($0.sentence.english) } ?? .null
            object["lastFailure_zh"] =
                sync.lastFailure.map { .string($0.sentence.chinese) } ?? .null
            object["uploadWithheld"] = .bool(sync.isUploadWithheld)
            object["clockSkewMilliseconds"] = .integer(sync.skewMilliseconds)
        }
        return .object(object)
    }

    func view(of log: StoreStatus.LogStatus) -> JSON {
        [
            "log": .string(log.log.description), "changes": .integer(Int64(log.changes)),
            "branches": .integer(Int64(log.branches)),
            "receiptedThrough": log.receiptedThrough.map { .integer(Int64($0)) } ?? .null,
        ]
    }
}
