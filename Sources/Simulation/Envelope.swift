import SyncCore
import WireFormat

/// A signed message as the two ends of the protocol send it.
struct Envelope {
    static let exchange = "/sync/exchange"
    static let wake = "/sync/wake"

    let path: String
    let body: [UInt8]
    let proof: [UInt8]

    static func request(
        _ body: [UInt8], path: String, from sender: NodeID, to hub: NodeID, time: Int64,
        nonce: [UInt8], boot: UInt64, key: NodeKey
    ) -> Envelope {
        let proof = MessageProof.sign(
            .request(method: "POST", path: path, body: .sha256(body)), sender: sender, peer: hub,
            time: time, nonce: nonce, boot: boot, key: key)
        return Envelope(path: path, body: body, proof: proof.encoded)
    }

    static func answer(
        _ status: Int, _ body: [UInt8], path: String, from hub: NodeID, to peer: NodeID,
        time: Int64, nonce: [UInt8], boot: UInt64, key: NodeKey
    ) -> Envelope {
        let proof = MessageProof.sign(
            .answer(status: status, path: path, body: .sha256(body)), sender: hub, peer: peer,
            time: time, nonce: nonce, boot: boot, key: key)
        return Envelope(path: path, body: body, proof: proof.encoded)
    }
}

/// What the hub says, with the status that HTTP would carry.
struct Reply {
    var status: Int
    var name = ""
    var retryAfterSeconds: Int64 = 0
    var envelope: Envelope
}
