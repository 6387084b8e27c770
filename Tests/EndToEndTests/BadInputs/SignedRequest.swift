import APIClient
import Foundation
import LogWriting
import Records
import Rehearsal
import SyncCore
import WireFormat

/// A request of a registered node, good unless a case makes it bad.
struct SignedRequest: Sendable {
    var method = "POST"
    var path = "/sync/v1/exchange"
    var contentType: String? = "application/cbor-seq"
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]

    var sender: NodeID
    var key: NodeKey
    var hub: NodeID
    var boot: UInt64
    var time = Int64(Date().timeIntervalSince1970 * 1000)
    var nonce: [UInt8]
    /// What is signed in place of what is sent.
    var signed: (method: String?, path: String?, hub: NodeID?, body: [UInt8]?) = (
        nil, nil, nil, nil
    )
    /// What becomes of the proof.
    var proofs: @Sendable (_ encoded: [UInt8]) -> [[UInt8]] = { [$0] }

    var raw: RawRequest {
        let proof = MessageProof.sign(
            .request(
                method: signed.method ?? method, path: signed.path ?? path,
                body: .sha256(signed.body ?? body)),
            sender: sender, peer: signed.hub ?? hub, time: time, nonce: nonce, boot: boot, key: key)
        var all = headers
        if let contentType { all.append(("Content-Type", contentType)) }
        for encoded in proofs(proof.encoded) {
            all.append(("CreditSync-Proof", Data(encoded).base64EncodedString()))
        }
        return RawRequest(method, path, all, body: body)
    }
}
