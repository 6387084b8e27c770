import BoundedHTTP
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SyncCore
import WireFormat

/// The hub's end of the protocol: two routes, each authenticated and answered with a signature.
public struct SyncRoutes: Sendable {
    private let handlers: HubHandlers
    private let authentication: HubAuthentication
    private let admission: SyncAdmission
    private let roll: ConnectionRoll

    /// `roll`: of the listener that these routes stand behind.
    public init(handlers: HubHandlers, authentication: HubAuthentication, roll: ConnectionRoll) {
        self.handlers = handlers
        self.authentication = authentication
        self.roll = roll
        admission = SyncAdmission(limits: authentication.limits)
    }

    public func add(to router: Router<SyncContext>) {
        router.add(middleware: SyncAddresses { try refusal($0, on: $1, path: $2) })
        router.post(RouterPath(SyncPath.exchange)) { request, context in
            try await respond(to: request, context, path: SyncPath.exchange) { body, node, scopes in
                let message = try decode { () throws(WireError) in
                    try MessageCodec.decodeRequest(body)
                }
                try require(message.scopes.map(\.scope), within: scopes)
                // Little on the way may be much to apply.
                let segmentBytes = message.segments.reduce(0) {
                    $0 + SegmentCodec.declared($1).bodyByteCount
                }
                let answer = try await admission.exchange(
                    of: node, byteCount: max(body.count, segmentBytes)
                ) { try await handlers.exchange(message, node) }
                return MessageCodec.encode(answer)
            }
        }
        router.post(RouterPath(SyncPath.wake)) { request, context in
            try await respond(to: request, context, path: SyncPath.wake) { body, node, scopes in
                let message = try decode { () throws(WireError) in
                    try MessageCodec.decodeWakeRequest(body)
                }
                try require(message.scopes.map(\.scope), within: scopes)
                let answer = try await admission.poll(of: node) {
                    try await handlers.wake(message, node)
                }
                return MessageCodec.encode(answer)
            }
        }
    }

    private func require(_ scopes: [Scope], within granted: [Scope]) throws {
        guard scopes.allSatisfy(granted.contains) else {
            throw SyncProblem.scopeNotGranted(granted: granted)
        }
    }

    private func decode<Message>(_ body: () throws(WireError) -> Message) throws -> Message {
        do { return try body() } catch { throw SyncProblem.undecodable(error) }
    }

    // MARK: One request

    /// Whom an answer is signed for.
    private struct Peer {
        let node: NodeID
        let nonce: [UInt8]
        var isAuthenticated = false
    }

    private func respond(
        to request: Request, _ context: SyncContext, path: String,
        _ handle: ([UInt8], NodeID, [Scope]) async throws -> [UInt8]
    ) async throws -> Response {
        var peer: Peer?
        do {
            // Not signed: it is meant for whoever keeps failing, and should cost little.
            if let wait = roll.wait(context.visitor) {
                throw SyncProblem.tooManyRequests(retryAfterSeconds: (wait + 999) / 1000)
            }
            let proof = try HubAuthentication.proof(headers: request.headers[values: .proof])
            peer = Peer(node: proof.sender, nonce: proof.nonce)
            // Nobody who was never registered makes the hub take in a body.
            guard let grant = try await handlers.grant(proof.sender) else {
                throw SyncProblem.notAuthenticated
            }
            let body = try await collect(request)
            try authentication.check(
                proof, method: request.method.rawValue, path: path, body: body, grant: grant)
            guard case .current(_, let scopes) = grant else {
                preconditionFailure("only a registered node is authenticated")
            }
            peer?.isAuthenticated = true
            roll.proved(context.visitor)
            let answer = try await handle(body, proof.sender, scopes)
            return response(.ok, answer, SyncPath.contentType, path: path, peer: peer)
        } catch let problem as SyncProblem {
            return try refusal(problem, on: context, path: path, peer: peer)
        } catch is LostConnection {
            // The guard of the connection has said and logged what there is to say.
            return Response(status: .badRequest)
        } catch {
            return try refusal(.failedHere(cause: error), on: context, path: path, peer: peer)
        }
    }

    /// The body did not come to its end.
    private struct LostConnection: Error {}

    /// What the head says is refused before anything of the body is read.
    private func collect(_ request: Request) async throws -> [UInt8] {
        let limit = authentication.limits.bodyBytes
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard length <= limit else { throw SyncProblem.tooLarge }
        guard request.headers[.contentEncoding] == nil else { throw SyncProblem.contentEncoding }
        let type = request.headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard type == SyncPath.contentType else { throw SyncProblem.mediaType }
        var body: [UInt8] = []
        do {
            // Gathered once, and at once where it stays: a buffer of its own or an array that
            // grows would hold it a second time.
            for try await part in request.body {
                if body.isEmpty { body.reserveCapacity(length) }
                guard body.count + part.readableBytes <= limit else { throw SyncProblem.tooLarge }
                body += part.readableBytesView
            }
        } catch let problem as SyncProblem {
            throw problem
        } catch {
            throw LostConnection()
        }
        return body
    }

    // MARK: Answers

    private func refusal(
        _ problem: SyncProblem, on context: SyncContext, path: String, peer: Peer? = nil
    ) throws -> Response {
        let isFailure =
            problem.isFailureIfRepeated ? !roll.excuse(context.visitor) : problem.isFailure
        if isFailure { roll.failed(context.visitor) }
        roll.refusals.note(
            context.visitor, problem: problem.name, status: problem.status, path: path,
            node: peer.flatMap { $0.isAuthenticated ? $0.node.name : nil }, cause: problem.cause)
        return try answer(problem, path: path, peer: peer)
    }

    private func answer(_ problem: SyncProblem, path: String, peer: Peer?) throws -> Response {
        var response = response(
            HTTPResponse.Status(code: problem.status), try problem.encoded,
            "application/problem+json", path: path, peer: peer)
        if let seconds = problem.retryAfterSeconds {
            response.headers[.retryAfter] = "\(max(seconds, 1))"
        }
        if let methods = problem.allowedMethods { response.headers[.allow] = methods }
        return response
    }

    private func response(
        _ status: HTTPResponse.Status, _ body: [UInt8], _ contentType: String, path: String,
        peer: Peer?
    ) -> Response {
        var headers: HTTPFields = [.contentType: contentType]
        if let peer {
            headers[.proof] = authentication.sign(
                status: status.code, path: path, body: body, peer: peer.node, nonce: peer.nonce)
        }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

/// Refuses unknown addresses, and known ones that are asked otherwise than by POST.
private struct SyncAddresses: RouterMiddleware {
    typealias Context = SyncContext

    let refuse: @Sendable (SyncProblem, SyncContext, String) throws -> Response

    func handle(
        _ request: Request, context: SyncContext,
        next: @concurrent (Request, SyncContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        guard path == SyncPath.exchange || path == SyncPath.wake else {
            return try refuse(.notFound, context, path)
        }
        guard request.method == .post else {
            return try refuse(.methodNotAllowed, context, path)
        }
        return try await next(request, context)
    }
}
