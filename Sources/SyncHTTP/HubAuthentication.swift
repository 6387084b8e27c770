import Access
import Foundation
import SyncCore
import Synchronization
import WireFormat

/// Checks who asks, and signs what is answered.
public final class HubAuthentication: Sendable {
    let node: NodeID
    private let key: NodeKey
    private let gate: Mutex<RequestGate>
    private let clock: @Sendable () -> Int64
    let boot: UInt64

    /// `boot`: random, fresh for each run of the hub.
    public init(
        node: NodeID, key: NodeKey, boot: UInt64, clock: @escaping @Sendable () -> Int64
    ) {
        self.node = node
        self.key = key
        self.boot = boot
        self.clock = clock
        gate = Mutex(RequestGate(boot: boot))
    }

    /// The proof of a request, before anything about it is believed.
    static func proof(header: String?) throws -> MessageProof {
        guard let header else { throw SyncProblem.noProof }
        guard let bytes = Data(base64Encoded: header), bytes.count <= 512,
            let proof = try? MessageProof(encoded: Array(bytes))
        else { throw SyncProblem.badProof }
        return proof
    }

    /// Signature first, then freshness: only a registered node can use up nonces.
    func check(
        _ proof: MessageProof, method: String, path: String, body: [UInt8], key: PublicKey
    ) throws {
        let subject = MessageProof.Subject.request(
            method: method, path: path, body: .sha256(body))
        guard proof.isValid(subject, peer: node, key: key) else {
            throw SyncProblem.notAuthenticated
        }
        let now = clock()
        let verdict = gate.withLock {
            $0.admit(nonce: proof.nonce, time: proof.time, boot: proof.boot, now: now)
        }
        switch verdict {
        case .admitted: return
        case .wrongBoot: throw SyncProblem.wrongBoot
        case .clockOff: throw SyncProblem.clockOff
        case .replayed: throw SyncProblem.replayed
        case .crowded: throw SyncProblem.crowded
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
