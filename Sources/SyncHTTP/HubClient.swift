import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import SyncCore
import SyncSession
import Synchronization
import WireFormat

/// A node's end of the protocol: signs what it asks, believes only what the pinned hub key signed.
public final class HubClient: Sendable {
    private let address: String
    private let exchanges: HTTPClient
    /// With a connection of its own: a poll would take that of the exchange before, and the next
    /// exchange have to make one first.
    private let polls: HTTPClient
    private let node: NodeID
    private let key: NodeKey
    private let hub: NodeID
    private let hubKey: PublicKey
    private let clock: @Sendable () -> Int64
    private let random: @Sendable (Int) -> [UInt8]
    private let hubTime = Mutex(HubTime(boot: 0, offsetMilliseconds: 0))

    /// What the hub's last signed answer said. Claimed times of changes never use it.
    private struct HubTime {
        var boot: UInt64
        var offsetMilliseconds: Int64
    }

    static let exchangeSeconds: Int64 = 120
    static let connectSeconds: Int64 = 10
    /// Longer than a long poll without news.
    static let silenceSeconds = Limits.wakeSeconds + 20
    /// `Retry-After` is under no signature: anybody on the way can make a node wait, so not long.
    /// A little longer if at least the answer itself is the hub's.
    static let retryAfterLimitSeconds: Int64 = 300
    static let unsignedRetryAfterLimitSeconds: Int64 = 60

    public init(
        address: String, node: NodeID, key: NodeKey, hub: NodeID, hubKey: PublicKey,
        clock: @escaping @Sendable () -> Int64, random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.address = address
        self.node = node
        self.key = key
        self.hub = hub
        self.hubKey = hubKey
        self.clock = clock
        self.random = random
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(Self.connectSeconds)
        // The deadline of a request ends with the answer's head: a line that goes silent in the
        // middle of a body must not hold the loop for ever.
        configuration.timeout.read = .seconds(Self.silenceSeconds)
        // The session has its own waiting times: somebody who asks for a sync when the line is back
        // should not wait for the pool's.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        exchanges = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        polls = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    public func shutdown() async throws {
        try await exchanges.shutdown()
        try await polls.shutdown()
    }

    /// How far this machine's clock is behind the hub's, by the last signed answer; milliseconds.
    public var measuredSkewMilliseconds: Int64 { hubTime.withLock { $0.offsetMilliseconds } }

    public func exchange(_ request: ExchangeRequest) async throws(ExchangeFailure) -> ExchangeAnswer
    {
        let body = try await post(
            SyncPath.exchange, MessageCodec.encode(request), via: exchanges,
            seconds: Self.exchangeSeconds)
        do { return try MessageCodec.decodeAnswer(body) } catch {
            throw .untrusted("the hub's answer is \(error.rule.name) at byte \(error.offset)")
        }
    }

    /// Long poll: the scopes with news, none when the poll ran out.
    public func wake(
        _ request: WakeRequest
    ) async throws(ExchangeFailure) -> [ScopeReport] {
        let body = try await post(
            SyncPath.wake, MessageCodec.encode(request), via: polls,
            seconds: Limits.wakeSeconds + 15)
        do { return try MessageCodec.decodeWakeAnswer(body).scopes } catch {
            throw .untrusted("the hub's answer is \(error.rule.name) at byte \(error.offset)")
        }
    }

    /// Once more if the hub tells its boot number or its time: both are in its signed answer.
    private func post(
        _ path: String, _ body: [UInt8], via http: HTTPClient, seconds: Int64
    ) async throws(ExchangeFailure) -> [UInt8] {
        // The first request of a process is refused for its boot number: nothing large goes with it.
        if hubTime.withLock({ $0.boot == 0 }) {
            _ = try await send(path, [], via: http, seconds: seconds)
        }
        for isRetry in [false, true] {
            let (status, answer, retryAfter) = try await send(
                path, body, via: http, seconds: seconds)
            if status == 200 { return answer }
            let problem = try? JSONDecoder().decode(SyncProblem.self, from: Data(answer))
            let mayRetry = problem?.name == "boot" || problem?.name == "clock"
            if status == 401, mayRetry, !isRetry { continue }
            if status == 507 { throw .noRoom(retryAfterSeconds: retryAfter ?? 60) }
            if status == 503 || status == 429 {
                throw .busy(retryAfterSeconds: retryAfter ?? 5)
            }
            throw .refused(
                status: status, type: problem?.name ?? "unknown", detail: problem?.detail ?? "")
        }
        throw .refused(status: 401, type: "clock", detail: "the hub keeps refusing this time")
    }

    private func send(
        _ path: String, _ body: [UInt8], via http: HTTPClient, seconds: Int64
    ) async throws(ExchangeFailure) -> (status: Int, body: [UInt8], retryAfter: Int64?) {
        let nonce = random(MessageProof.nonceByteCount)
        let known = hubTime.withLock { $0 }
        let proof = MessageProof.sign(
            .request(method: "POST", path: path, body: .sha256(body)), sender: node, peer: hub,
            time: clock() + known.offsetMilliseconds, nonce: nonce, boot: known.boot, key: key)
        var request = HTTPClientRequest(url: address + path)
        request.method = .POST
        request.headers.add(
            name: HTTPField.Name.proof.rawName, value: Data(proof.encoded).base64EncodedString())
        request.headers.add(name: "Content-Type", value: SyncPath.contentType)
        request.body = .bytes(body)

        let status: Int
        let answer: [UInt8]
        let headers: HTTPHeaders
        do {
            let response = try await http.execute(request, timeout: .seconds(seconds))
            let buffer = try await response.body.collect(upTo: Limits.exchangeBytes)
            status = Int(response.status.code)
            answer = Array(buffer.readableBytesView)
            headers = response.headers
        } catch {
            // When it is reached again, it may have been started anew.
            hubTime.withLock { $0.boot = 0 }
            throw .unreachable("\(error)")
        }
        let answerProof = headers.first(name: HTTPField.Name.proof.rawName)
        if answerProof == nil, status != 200 { throw unsigned(status, headers) }
        try verify(header: answerProof, status: status, path: path, body: answer, nonce: nonce)
        return (status, answer, retryAfter(headers, limit: Self.retryAfterLimitSeconds))
    }

    /// A hub refuses before it reads a request, or something on the way does, such as a proxy that
    /// takes no large bodies. To wait and to send less is all that such an answer can make a node do.
    private func unsigned(_ status: Int, _ headers: HTTPHeaders) -> ExchangeFailure {
        if status == 429 || status == 503 {
            let limit = Self.unsignedRetryAfterLimitSeconds
            return .busy(retryAfterSeconds: retryAfter(headers, limit: limit) ?? 5)
        }
        return .unreachable("answer \(status), not signed by the hub")
    }

    private func retryAfter(_ headers: HTTPHeaders, limit: Int64) -> Int64? {
        headers.first(name: "Retry-After").flatMap { Int64($0) }.map { min(max($0, 0), limit) }
    }

    private func verify(
        header: String?, status: Int, path: String, body: [UInt8], nonce: [UInt8]
    ) throws(ExchangeFailure) {
        guard let header, let bytes = Data(base64Encoded: header),
            let proof = try? MessageProof(encoded: Array(bytes)), proof.sender == hub,
            proof.nonce == nonce,
            proof.isValid(
                .answer(status: status, path: path, body: .sha256(body)), peer: node, key: hubKey)
        else {
            throw .untrusted("answer \(status) is not signed by the hub key pinned at init")
        }
        let offset = proof.time - clock()
        hubTime.withLock { time in
            time.boot = proof.boot
            // Small differences are the way's delay; the window is minutes wide.
            time.offsetMilliseconds = offset.magnitude > 60_000 ? offset : 0
        }
    }
}
