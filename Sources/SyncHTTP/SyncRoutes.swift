import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SyncCore
import WireFormat

/// What the hub does with an authenticated message.
public struct HubHandlers: Sendable {
    /// The registered key and scopes of a node.
    public var grant: @Sendable (NodeID) async throws -> (key: PublicKey, scopes: [Scope])?
    public var exchange: @Sendable (ExchangeRequest, NodeID) async throws -> ExchangeAnswer
    /// Returns when there is news, or after the poll's time.
    public var wake: @Sendable (WakeRequest, NodeID) async throws -> WakeAnswer

    public init(
        grant: @escaping @Sendable (NodeID) async throws -> (key: PublicKey, scopes: [Scope])?,
        exchange: @escaping @Sendable (ExchangeRequest, NodeID) async throws -> ExchangeAnswer,
        wake: @escaping @Sendable (WakeRequest, NodeID) async throws -> WakeAnswer
    ) {
        self.grant = grant
        self.exchange = exchange
        self.wake = wake
    }
}

/// The hub's end of the protocol: two routes, each authenticated and answered with a signature.
public struct SyncRoutes: Sendable {
    private let handlers: HubHandlers
    private let authentication: HubAuthentication
    private let logger: Logger

    public init(handlers: HubHandlers, authentication: HubAuthentication, logger: Logger) {
        self.handlers = handlers
        self.authentication = authentication
        self.logger = logger
    }

    public func add(to router: Router<some RequestContext>) {
        router.post(RouterPath(SyncPath.exchange)) { request, _ in
            try await respond(to: request, path: SyncPath.exchange) { body, node, scopes in
                let message = try decode { () throws(WireError) in
                    try MessageCodec.decodeRequest(body)
                }
                try require(message.scopes.map(\.scope), within: scopes)
                return MessageCodec.encode(try await handlers.exchange(message, node))
            }
        }
        router.post(RouterPath(SyncPath.wake)) { request, _ in
            try await respond(to: request, path: SyncPath.wake) { body, node, scopes in
                let message = try decode { () throws(WireError) in
                    try MessageCodec.decodeWakeRequest(body)
                }
                try require(message.scopes.map(\.scope), within: scopes)
                return MessageCodec.encode(try await handlers.wake(message, node))
            }
        }
    }

    private func require(_ scopes: [Scope], within granted: [Scope]) throws {
        guard scopes.allSatisfy(granted.contains) else { throw SyncProblem.scopeNotGranted }
    }

    private func decode<Message>(_ body: () throws(WireError) -> Message) throws -> Message {
        do { return try body() } catch {
            throw error.rule == .unsupported ? SyncProblem.unsupported : SyncProblem.malformed
        }
    }

    private func respond(
        to request: Request, path: String,
        _ handle: ([UInt8], NodeID, [Scope]) async throws -> [UInt8]
    ) async throws -> Response {
        var peer: (node: NodeID, nonce: [UInt8])?
        do {
            let proof = try HubAuthentication.proof(header: request.headers[.proof])
            peer = (proof.sender, proof.nonce)
            // Nobody who is not registered makes the hub take in a body.
            guard let grant = try await handlers.grant(proof.sender) else {
                throw SyncProblem.notAuthenticated
            }
            let body = try await collect(request)
            try authentication.check(
                proof, method: request.method.rawValue, path: path, body: body, key: grant.key)
            let answer = try await handle(body, proof.sender, grant.scopes)
            return response(.ok, answer, SyncPath.contentType, path: path, peer: peer)
        } catch let problem as SyncProblem {
            logger.notice(
                "sync request refused",
                metadata: [
                    "problem": "\(problem.name)", "path": "\(path)",
                    "node": "\(peer?.node.name ?? "-")",
                ])
            return try refusal(problem, path: path, peer: peer)
        } catch {
            logger.error("sync request failed", metadata: ["error": "\(error)", "path": "\(path)"])
            return try refusal(.storage, path: path, peer: peer)
        }
    }

    private func collect(_ request: Request) async throws -> [UInt8] {
        do {
            let buffer = try await request.body.collect(upTo: Limits.exchangeBytes)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw SyncProblem.tooLarge
        }
    }

    private func refusal(
        _ problem: SyncProblem, path: String, peer: (node: NodeID, nonce: [UInt8])?
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var response = response(
            HTTPResponse.Status(code: problem.status), Array(try encoder.encode(problem)),
            "application/problem+json", path: path, peer: peer)
        if problem.status == 503 { response.headers[.retryAfter] = "5" }
        return response
    }

    private func response(
        _ status: HTTPResponse.Status, _ body: [UInt8], _ contentType: String, path: String,
        peer: (node: NodeID, nonce: [UInt8])?
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
