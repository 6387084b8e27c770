import Foundation
import SyncCore
import WireFormat

/// The header that says who asks: base 64 around a COSE_Sign1. The bytes are tried as either.
enum ProofTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        try proof(bytes)
        if let header = String(validating: bytes, as: UTF8.self),
            let decoded = Data(base64Encoded: header)
        {
            try proof(Array(decoded))
        }
    }

    private static func proof(_ bytes: [UInt8]) throws(Violation) {
        switch Result(catching: { () throws(WireError) in try MessageProof(encoded: bytes) }) {
        case .success(let proof):
            try require(proof.encoded == bytes, "a proof has one encoding")
            try require(
                proof.signature.count == PublicKey.signatureByteCount
                    && proof.nonce.count == MessageProof.nonceByteCount,
                "a proof's parts have their lengths")
            let header = Data(proof.encoded).base64EncodedString()
            try require(header.utf8.count <= 1024, "any proof that can be made can be sent")
        case .failure(let error):
            try require((0...bytes.count).contains(error.offset), "the fault lies in the proof")
        }
        _ = DebugText.text(ofProof: bytes)
    }
}
