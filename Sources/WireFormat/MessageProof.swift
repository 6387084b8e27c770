import SyncCore

/// Who sent a request or an answer: a COSE_Sign1 (RFC 9052 §4.2) with detached payload, carried
/// in one HTTP header.
///
/// The protected header names the key, the sender's time, a nonce and the hub's boot number; the
/// payload, which the receiver puts together by itself, is what was asked and of whom.
public struct MessageProof: Hashable, Sendable {
    public static let nonceByteCount = 16

    public let sender: NodeID
    /// Milliseconds UTC by the sender's clock, for a node by its estimate of the hub's.
    public let time: Int64
    /// Fresh for each request; an answer repeats the request's.
    public let nonce: [UInt8]
    /// Random number of the hub's current run. Nonces are kept in memory, so a request signed
    /// for an earlier run is refused with the current number.
    public let boot: UInt64
    public let signature: [UInt8]

    /// What the signature covers beyond the protected header.
    public enum Subject: Sendable {
        case request(method: String, path: String, body: Digest)
        case answer(status: Int, path: String, body: Digest)
    }

    private enum Label {
        static let algorithm: Int64 = 1
        static let keyID: Int64 = 4
        static let time: Int64 = -65537
        static let nonce: Int64 = -65538
        static let boot: Int64 = -65539
        static let edDSA: Int64 = -8
    }

    public static func sign(
        _ subject: Subject, sender: NodeID, peer: NodeID, time: Int64, nonce: [UInt8],
        boot: UInt64, key: NodeKey
    ) -> MessageProof {
        let unsigned = MessageProof(
            sender: sender, time: time, nonce: nonce, boot: boot, signature: [])
        return MessageProof(
            sender: sender, time: time, nonce: nonce, boot: boot,
            signature: key.sign(unsigned.signedBytes(subject, peer: peer)))
    }

    private init(sender: NodeID, time: Int64, nonce: [UInt8], boot: UInt64, signature: [UInt8]) {
        precondition(nonce.count == Self.nonceByteCount)
        self.sender = sender
        self.time = time
        self.nonce = nonce
        self.boot = boot
        self.signature = signature
    }

    public func isValid(_ subject: Subject, peer: NodeID, key: PublicKey) -> Bool {
        key.isValid(signature: signature, for: signedBytes(subject, peer: peer))
    }

    /// The `Sig_structure` of RFC 9052 §4.4.
    private func signedBytes(_ subject: Subject, peer: NodeID) -> [UInt8] {
        var payload = CBORWriter()
        payload.array(count: 5)
        switch subject {
        case .request(let method, let path, let body):
            payload.text("request")
            payload.text(method)
            payload.text(path)
            payload.text(peer.name)
            payload.digest(body)
        case .answer(let status, let path, let body):
            payload.text("answer")
            payload.unsigned(UInt64(status))
            payload.text(path)
            payload.text(peer.name)
            payload.digest(body)
        }
        var writer = CBORWriter()
        writer.array(count: 4)
        writer.text("Signature1")
        writer.byteString(protectedHeader)
        writer.byteString([])
        writer.byteString(payload.bytes)
        return writer.bytes
    }

    var protectedHeader: [UInt8] {
        var writer = CBORWriter()
        writer.map(count: 5)
        writer.integer(Label.algorithm)
        writer.integer(Label.edDSA)
        writer.integer(Label.keyID)
        writer.byteString(Array(sender.name.utf8))
        writer.integer(Label.time)
        writer.integer(time)
        writer.integer(Label.nonce)
        writer.byteString(nonce)
        writer.integer(Label.boot)
        writer.unsigned(boot)
        return writer.bytes
    }

    /// `[protected, {}, null, signature]`
    public var encoded: [UInt8] {
        var writer = CBORWriter()
        writer.array(count: 4)
        writer.byteString(protectedHeader)
        writer.map(count: 0)
        writer.null()
        writer.byteString(signature)
        return writer.bytes
    }

    public init(encoded bytes: [UInt8]) throws(WireError) {
        var reader = CBORReader(bytes)
        guard try reader.array(max: 4) == 4 else { throw reader.fail(.malformed) }
        let protected = try reader.byteString(max: 256)
        guard try reader.map(max: 0) == 0, reader.null() else { throw reader.fail(.malformed) }
        let signature = try reader.byteString(max: PublicKey.signatureByteCount)
        try reader.expectEnd()
        guard signature.count == PublicKey.signatureByteCount else { throw reader.fail(.malformed) }

        var header = CBORReader(protected)
        guard try header.map(max: 5) == 5 else { throw header.fail(.malformed) }
        func expect(_ label: Int64) throws(WireError) {
            guard try header.integer() == label else { throw header.fail(.malformed) }
        }
        try expect(Label.algorithm)
        guard try header.integer() == Label.edDSA else { throw header.fail(.unsupported) }
        try expect(Label.keyID)
        let name = try header.byteString(max: Limits.nodeNameBytes)
        guard let text = String(validating: name, as: UTF8.self), let sender = NodeID(text) else {
            throw header.fail(.malformed)
        }
        try expect(Label.time)
        let time = try header.integer()
        try expect(Label.nonce)
        let nonce = try header.byteString(max: Self.nonceByteCount)
        guard nonce.count == Self.nonceByteCount else { throw header.fail(.malformed) }
        try expect(Label.boot)
        let boot = try header.unsigned()
        try header.expectEnd()
        self.init(sender: sender, time: time, nonce: nonce, boot: boot, signature: signature)
    }
}
