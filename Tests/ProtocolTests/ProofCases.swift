import Records
import SyncCore
import WireFormat

extension Vector {
    private static let now: Int64 = 1_790_000_000_000
    private static let boot: UInt64 = 0x0102_0304_0506_0708
    private static let body = [UInt8](hex: "a3 0001 0180 0400")
    private static let nonce = [UInt8](1...16)
    private static let path = "/sync/v1/exchange"

    private static func request(
        method: String = "POST", path: String = path, peer: NodeID = Cast.hub, body: [UInt8] = body,
        sender: NodeID = Cast.first, key: NodeKey = Cast.firstKey, time: Int64 = now,
        boot: UInt64 = boot
    ) -> [UInt8] {
        MessageProof.sign(
            .request(method: method, path: path, body: .sha256(body)), sender: sender, peer: peer,
            time: time,
            nonce: nonce, boot: boot, key: key
        ).encoded
    }

    private static func answer(
        status: Int = 200, key: NodeKey = Cast.hubKey, nonce: [UInt8] = nonce
    ) -> [UInt8] {
        MessageProof.sign(
            .answer(status: status, path: path, body: .sha256(body)), sender: Cast.hub,
            peer: Cast.first, time: now,
            nonce: nonce, boot: boot, key: key
        ).encoded
    }

    private static func proof(
        _ rule: String, _ name: String, _ title: String, _ bytes: [UInt8],
        _ changes: [String: JSON] = [:],
        error: String? = nil
    ) -> Vector {
        let bootBytes = withUnsafeBytes(of: boot.bigEndian) { Array($0) }
        let settings: [String: JSON] = [
            "method": "POST", "path": .string(path), "peer": .string(Cast.hub.name),
            "body": .string(body.hex),
            "keys": [
                "632521-01": .string(Cast.firstKey.publicKey.bytes.hex),
                "630000-hub": .string(Cast.hubKey.publicKey.bytes.hex),
            ],
            "now": .integer(now), "boot": .string(bootBytes.hex), "used_nonces": [],
        ]
        let all = settings.merging(changes) { $1 }
        guard let error else {
            return .accept(.proof, rule, name, title, bytes, all, ["accepted": true])
        }
        return .refuse(.proof, rule, name, title, bytes, all, ["error": .string(error)])
    }

    /// What a node checks an answer with.
    private static let asked: [String: JSON] = [
        "status": 200, "peer": .string(Cast.first.name), "nonce": .string(nonce.hex),
    ]

    /// The protected header, changed: written by hand, since our own writer would not.
    private static func tampered(_ protected: [UInt8], unprotected: [UInt8] = [0xA0]) -> [UInt8] {
        cbor { writer in
            writer.array(count: 4)
            writer.byteString(protected)
            writer.raw(unprotected)
            writer.null()
            writer.byteString([UInt8](repeating: 1, count: 64))
        }
    }

    private static func protected(
        algorithm: Int64 = -8, nonce: [UInt8] = nonce, twice: Bool = false
    ) -> [UInt8] {
        cbor { writer in
            writer.map(count: twice ? 6 : 5)
            for _ in 0..<(twice ? 2 : 1) {
                writer.integer(1)
                writer.integer(algorithm)
            }
            writer.integer(4)
            writer.byteString(Array(Cast.first.name.utf8))
            writer.integer(-65537)
            writer.integer(now)
            writer.integer(-65538)
            writer.byteString(nonce)
            writer.integer(-65539)
            writer.unsigned(boot)
        }
    }

    static let proofCases: [Vector] = [
        proof("A1", "request", "a request's proof", request()),
        proof(
            "A1", "another-algorithm", "algorithm -7, ECDSA", tampered(protected(algorithm: -7)),
            error: "signature-algorithm"),
        proof(
            "A1", "short-nonce", "a nonce of 15 bytes", tampered(protected(nonce: Array(1...15))),
            error: "signature-malformed"),
        proof(
            "A1", "label-twice", "the algorithm twice", tampered(protected(twice: true)),
            error: "signature-malformed"),
        proof(
            "A1", "unprotected-header", "something in the unprotected header",
            tampered(protected(), unprotected: [0xA1, 0x04, 0x40]), error: "signature-malformed"),
        proof(
            "A1", "cut-off", "the last byte is missing", request().dropLast(),
            error: "signature-malformed"),
        proof("A2", "all-covered", "method, path, hub and body as signed", request()),
        proof(
            "A2", "another-method", "signed for GET", request(method: "GET"),
            error: "signature-invalid"),
        proof(
            "A2", "another-path", "signed for the wake path", request(path: "/sync/v1/wake"),
            error: "signature-invalid"),
        proof(
            "A2", "another-hub", "signed for another hub", request(peer: Cast.second),
            error: "signature-invalid"),
        proof(
            "A2", "another-body", "one bit of the body is different",
            request(body: [0xA2] + body.dropFirst()), error: "signature-invalid"),
        proof(
            "A2", "empty-body-signed", "signed for an empty body", request(body: []),
            error: "signature-invalid"),
        proof(
            "A2", "another-key", "signed with another node's key", request(key: Cast.secondKey),
            error: "signature-invalid"),
        proof(
            "A2", "unknown-node", "a node that nobody registered",
            request(sender: Cast.stranger, key: Cast.strangerKey), error: "signature-invalid"),
        proof("A3", "answer", "an answer as asked for", answer(), asked),
        proof(
            "A3", "another-status", "signed for status 401", answer(status: 401), asked,
            error: "signature-invalid"),
        proof(
            "A3", "another-nonce", "with the nonce of another request",
            answer(nonce: Array(2...17)), asked, error: "signature-invalid"),
        proof(
            "A3", "not-the-hub", "signed with another key", answer(key: Cast.firstKey), asked,
            error: "signature-invalid"),
        proof(
            "A3", "request-as-answer", "a request's signature in place of an answer's", request(),
            asked, error: "signature-invalid"),
        proof("A4", "five-minutes", "300 s behind", request(time: now - 300_000)),
        proof("A4", "five-minutes-ahead", "300 s ahead", request(time: now + 300_000)),
        proof("A4", "too-late", "301 s behind", request(time: now - 301_000), error: "clock"),
        proof(
            "A4", "ten-years", "ten years ahead", request(time: now + 315_360_000_000),
            error: "clock"),
        proof(
            "A4", "least-time", "the least number that there is", request(time: .min),
            error: "clock"),
        proof("A5", "boot", "the hub's current run", request()),
        proof("A5", "another-run", "signed for an earlier run", request(boot: 7), error: "boot"),
        proof(
            "A5", "first-request", "0: the boot number is not known yet", request(boot: 0),
            error: "boot"),
        proof(
            "A6", "fresh", "another nonce was used before", request(),
            ["used_nonces": [.string([UInt8](repeating: 0, count: 16).hex)]]),
        proof(
            "A6", "replay", "the nonce was used before", request(),
            ["used_nonces": [.string(nonce.hex)]], error: "replay"),
        proof(
            "A6", "boot-before-time", "another run and the wrong time: the boot number first",
            request(time: now - 301_000, boot: 7), error: "boot"),
        proof(
            "A6", "signature-first", "badly signed and used before", request(key: Cast.secondKey),
            ["used_nonces": [.string(nonce.hex)]], error: "signature-invalid"),
    ]
}
