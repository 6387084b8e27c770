import SyncCore
import WireFormat

/// A signed message as the two ends of the protocol send it.
struct Envelope {
    static let exchange = "/sync/exchange"
    static let wake = "/sync/wake"

    let path: String
    let body: [UInt8]
    let proof: [UInt8]
    /// Nil for a request.
    private let status: Int?
    private let peer: NodeID
    private let signer: PublicKey

    static func request(
        _ body: [UInt8], path: String, from sender: NodeID, to hub: NodeID, time: Int64,
        nonce: [UInt8], boot: UInt64, key: NodeKey
    ) -> Envelope {
        let proof = MessageProof.sign(
            .request(method: "POST", path: path, body: .sha256(body)), sender: sender, peer: hub,
            time: time, nonce: nonce, boot: boot, key: key)
        return Envelope(
            path: path, body: body, proof: proof.encoded, status: nil, peer: hub,
            signer: key.publicKey)
    }

    static func answer(
        _ status: Int, _ body: [UInt8], path: String, from hub: NodeID, to peer: NodeID,
        time: Int64, nonce: [UInt8], boot: UInt64, key: NodeKey
    ) -> Envelope {
        let proof = MessageProof.sign(
            .answer(status: status, path: path, body: .sha256(body)), sender: hub, peer: peer,
            time: time, nonce: nonce, boot: boot, key: key)
        return Envelope(
            path: path, body: body, proof: proof.encoded, status: status, peer: peer,
            signer: key.publicKey)
    }

    /// What a receiver makes of the proof. That what was signed a moment ago and not touched since
    /// holds is tried one time in eight; everything else always.
    func isBelieved(
        _ proof: MessageProof, body received: [UInt8], peer: NodeID, key: PublicKey
    ) -> Bool {
        let isUntouched = received == body && peer == self.peer && key == signer
        if isUntouched, proof.signature[0] % 8 > 0 { return true }
        let digest = Digest.sha256(received)
        let subject: MessageProof.Subject =
            if let status {
                .answer(status: status, path: path, body: digest)
            } else { .request(method: "POST", path: path, body: digest) }
        return proof.isValid(subject, peer: peer, key: key)
    }
}

/// What the hub says, with the status that HTTP would carry.
struct Reply {
    var status: Int
    var name = ""
    var retryAfterSeconds: Int64 = 0
    var envelope: Envelope
}
