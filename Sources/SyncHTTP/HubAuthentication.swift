import Access
import BoundedHTTP
import Foundation
import SyncCore
import Synchronization
import WireFormat

/// Checks who asks, and signs what is answered.
public final class HubAuthentication: Sendable {
    let node: NodeID
    private let key: NodeKey
    private let gates: Mutex<RequestGates>
    let clock: @Sendable () -> Int64
    let boot: UInt64
    let limits: ListenerLimits

    /// `boot`: random, fresh for each run of the hub.
    public init(
        node: NodeID, key: NodeKey, boot: UInt64, limits: ListenerLimits,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.node = node
        self.key = key
        self.boot = boot
        self.limits = limits
        self.clock = clock
        let rate = TokenBucket.Rate(
            perMinute: limits.requestsPerNodePerMinute, burst: limits.requestsPerNodeBurst)
        gates = Mutex(RequestGates(boot: boot, rate: rate))
    }

    /// The proof of a request, before anything about it is believed.
    static func proof(headers: [String]) throws -> MessageProof {
        guard let header = headers.first else { throw SyncProblem.noProof }
        // Of two, a proxy and this hub might believe different ones.
        guard headers.count == 1, header.utf8.count <= 1024,
            let bytes = Data(base64Encoded: header), bytes.count <= 512
        else { throw SyncProblem.badProof }
        do { return try MessageProof(encoded: Array(bytes)) } catch {
            throw error.rule == .unsupported ? SyncProblem.algorithm : SyncProblem.badProof
        }
    }

    /// Signature first, then freshness, then the node's rate: only a registered node can use up
    /// its nonces and its requests.
    func check(
        _ proof: MessageProof, method: String, path: String, body: [UInt8],
        grant: HubHandlers.Grant
    ) throws {
        let subject = MessageProof.Subject.request(
            method: method, path: path, body: .sha256(body))
        switch grant {
        case .current(let key, _):
            guard proof.isValid(subject, peer: node, key: key) else {
                throw SyncProblem.notAuthenticated
            }
        case .former(let keys):
            throw keys.contains { proof.isValid(subject, peer: node, key: $0) }
                ? SyncProblem.revoked : SyncProblem.notAuthenticated
        }
        let now = clock()
        let verdict = gates.withLock {
            $0.admit(
                nonce: proof.nonce, of: proof.sender, time: proof.time, boot: proof.boot, now: now)
        }
        switch verdict {
        case .gate(.admitted): return
        case .gate(.wrongBoot): throw SyncProblem.wrongBoot
        case .gate(.clockOff): throw SyncProblem.clockOff
        case .gate(.replayed): throw SyncProblem.replayed
        case .tooMany(let wait):
            throw SyncProblem.tooManyRequests(retryAfterSeconds: (wait + 999) / 1000)
        case .gate(.crowded): throw SyncProblem.busy(retryAfterSeconds: limits.retryAfterSeconds)
        }
    }

    /// Signs an answer to `peer`, with the hub's time and boot number and the request's nonce.
    func sign(
        status: Int, path: String, body: [UInt8], peer: NodeID, nonce: [UInt8]
    ) -> String {
        let proof = MessageProof.sign(
            .answer(status: status, path: path, body: .sha256(body)), sender: node, peer: peer,
            time: clock(), nonce: nonce, boot: boot, key: key)
        return Data(proof.encoded).base64EncodedString()
    }
}
