import Foundation
import Hummingbird
import Logging
import SyncCore
import SyncHTTP
import Synchronization
import Testing
import WireFormat

@testable import BoundedHTTP

/// The sync routes behind a bounded listener, on top of no store.
struct TestHub: Sendable {
    static let boot: UInt64 = 7
    static let time: Int64 = 1_790_000_000_000
    static let exchange = "/sync/v1/exchange"
    static let wake = "/sync/v1/wake"

    let port: Int
    let log: LogLines
    let gate: OpenGate
    let name: NodeID
    let key: NodeKey
    /// The hub's clock, which a test sets.
    let now: Moment
    let roll: ConnectionRoll

    let county: Caller
    let other: Caller
    /// Its registration was withdrawn.
    let former: Caller
    /// Nobody registered it.
    let stranger: Caller

    final class Moment: Sendable {
        let milliseconds = Mutex(TestHub.time)
        func advance(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1000 } }
    }

    struct Unforeseen: Error {}

    struct Caller: Sendable {
        let node: NodeID
        let key = NodeKey()

        init(_ name: String) throws { node = try #require(NodeID(name)) }
    }

    static func with(
        _ limits: ListenerLimits = TestListener.limits,
        _ work: @Sendable (TestHub) async throws -> Void
    ) async throws {
        let (gate, now) = (OpenGate(), Moment())
        let (name, key) = (try #require(NodeID("630000-hub")), NodeKey())
        let (county, other) = (try Caller("632521-a"), try Caller("632522-a"))
        let (former, stranger) = (try Caller("632523-a"), try Caller("632524-a"))
        let router = Router(context: SyncContext.self)
        let log = LogLines()
        let clock: @Sendable () -> Int64 = { now.milliseconds.withLock { $0 } }
        let roll = ConnectionRoll(limits: limits, logger: log.logger, clock: clock)
        SyncRoutes(
            handlers: HubHandlers(
                grant: { node in
                    switch node {
                    case county.node: .current(key: county.key.publicKey, scopes: [.province])
                    case other.node: .current(key: other.key.publicKey, scopes: [.province])
                    case former.node: .former(keys: [former.key.publicKey])
                    default: nil
                    }
                },
                exchange: { request, _ in
                    switch request.answerBudgetBytes {
                    case 1: await gate.wait()
                    case 2: throw Unforeseen()
                    case 3: throw SyncProblem.outcomeUnknown(cause: Unforeseen())
                    default: break
                    }
                    return ExchangeAnswer(scopes: [])
                },
                wake: { _, _ in WakeAnswer(scopes: []) }),
            authentication: HubAuthentication(
                node: name, key: key, boot: boot, limits: limits, clock: clock),
            roll: roll
        ).add(to: router)
        let rules = BoundedHTTP(limits: limits, methods: "POST", routesRefuseLargeBodies: true)
        try await TestListener.with(router, rules, roll, log.logger) { port, _ in
            defer { gate.open() }
            try await work(
                TestHub(
                    port: port, log: log, gate: gate, name: name, key: key, now: now, roll: roll,
                    county: county, other: other, former: former, stranger: stranger))
            gate.open()
            try await eventually("every connection is gone") { roll.counts == (0, 0) }
        }
    }

    // MARK: Requests

    /// Signed as it should be, unless a test wants otherwise.
    func request(
        of caller: Caller, body: [UInt8] = TestHub.message(), path: String = TestHub.exchange,
        method: String = "POST", key: NodeKey? = nil, nonce: [UInt8]? = nil,
        type: String? = "application/cbor-seq", fields: [String] = [], sentBytes: Int? = nil
    ) -> [UInt8] {
        let proof = MessageProof.sign(
            .request(method: "POST", path: path, body: .sha256(body)), sender: caller.node,
            peer: name, time: now.milliseconds.withLock { $0 },
            nonce: nonce ?? (0..<16).map { _ in .random(in: 0...255) }, boot: Self.boot,
            key: key ?? caller.key)
        return Self.request(
            proofs: [Data(proof.encoded).base64EncodedString()], body: body, path: path,
            method: method, type: type, fields: fields, sentBytes: sentBytes)
    }

    static func request(
        proofs: [String], body: [UInt8], path: String = TestHub.exchange, method: String = "POST",
        type: String? = "application/cbor-seq", fields: [String] = [], sentBytes: Int? = nil
    ) -> [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: a", "Content-Length: \(body.count)"]
        lines += proofs.map { "CreditSync-Proof: \($0)" }
        if let type { lines.append("Content-Type: \(type)") }
        let head = (lines + fields).joined(separator: "\r\n") + "\r\n\r\n"
        return Array(head.utf8) + body.prefix(sentBytes ?? body.count)
    }

    /// An exchange. A budget of one byte waits for the gate, of two or three fails at the hub.
    static func message(
        scopes: [Scope] = [.province], budget: Int = 0, segments: [[UInt8]] = []
    ) -> [UInt8] {
        var request = ExchangeRequest(
            scopes: scopes.map { ScopeReport(scope: $0, digest: .sha256([])) },
            answerBudgetBytes: budget)
        request.segments = segments
        return MessageCodec.encode(request)
    }

    func client(from address: String? = nil) async throws -> RawClient {
        try await RawClient(port: port, from: address)
    }

    /// On a connection of its own.
    func send(_ request: [UInt8], from address: String? = nil) async throws -> RawClient.Answer {
        let client = try await client(from: address)
        defer { client.close() }
        client.send(request)
        return try await client.answer()
    }
}

extension RawClient.Answer {
    var isSigned: Bool { field("CreditSync-Proof") != nil }
    var isProblem: Bool { field("Content-Type") == "application/problem+json" }
}
