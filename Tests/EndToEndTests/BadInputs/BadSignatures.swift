import APIClient
import LogWriting
import Records
import Rehearsal
import SyncCore
import WireFormat

extension BadInput {
    private static let day: Int64 = 86_400_000

    /// Who asks, and whether it was really asked so.
    static let signatures: [BadInput] = [
        BadInput("no `CreditSync-Proof`", .problem(401, "signature-missing")) {
            try await $0.sync { $0.proofs = { _ in [] } }
        },
        BadInput("a node that was never registered", .problem(401, "signature-invalid")) {
            try await $0.sync { request in
                request.sender = NodeID("632599-99")!
                request.key = NodeKey()
            }
        },
        BadInput("a node whose registration was withdrawn", .problem(403, "node-revoked")) {
            intruder in
            try await intruder.sync { request in
                request.sender = intruder.former
                request.key = intruder.formerKey
            }
        },
        BadInput("one bit of the body is different", .problem(401, "signature-invalid")) {
            try await $0.sync { request in
                request.signed.body = request.body
                request.body[request.body.count - 1] ^= 1
            }
        },
        BadInput("signed for an empty body", .problem(401, "signature-invalid")) {
            try await $0.sync { $0.signed.body = [] }
        },
        BadInput(
            "signed with another node's key", .problem(401, "signature-invalid")
        ) { try await $0.sync { $0.key = NodeKey() } },
        BadInput("two `CreditSync-Proof` headers", .problem(400, "signature-malformed")) {
            try await $0.sync { $0.proofs = { [$0, $0] } }
        },
        BadInput("a proof of a byte too few", .problem(400, "signature-malformed")) {
            try await $0.sync { $0.proofs = { [$0.dropLast()] } }
        },
        BadInput("301 s behind", .problem(401, "clock")) {
            try await $0.sync { $0.time -= 301_000 }
        },
        BadInput("ten years ahead", .problem(401, "clock")) {
            try await $0.sync { $0.time += 3650 * day }
        },
        BadInput("signed for another run of the hub", .problem(401, "boot")) {
            try await $0.sync { $0.boot ^= 1 }
        },
        BadInput(
            "a nonce that was used before", .problem(401, "replay"),
            after: { _ = try await $0.sync { $0.nonce = [UInt8](1...16) } }
        ) { try await $0.sync { $0.nonce = [UInt8](1...16) } },
        BadInput("signed for GET", .problem(401, "signature-invalid")) {
            try await $0.sync { $0.signed.method = "GET" }
        },
        BadInput("signed for the wake path", .problem(401, "signature-invalid")) {
            try await $0.sync { $0.signed.path = "/sync/v1/wake" }
        },
        BadInput("signed for another hub", .problem(401, "signature-invalid")) {
            try await $0.sync { $0.signed.hub = NodeID("640000-hub")! }
        },
        BadInput("COSE algorithm -7", .problem(401, "signature-algorithm")) {
            try await $0.sync { request in
                // The label 1 and its value -8 (0x27) come first in the protected header.
                request.proofs = { encoded in
                    var changed = encoded
                    let at = changed.indices.first { changed[$0...].starts(with: [0x01, 0x27]) }!
                    changed[at + 1] = 0x26
                    return [changed]
                }
            }
        },
        BadInput("a scope that is not granted", .problem(403, "scope-not-granted")) {
            try await $0.sync(
                MessageCodec.encode(
                    ExchangeRequest(scopes: [
                        ScopeReport(scope: Scope("county/632599")!, digest: .zero)
                    ])))
        },
    ]
}
