import SyncCore
import Testing
import WireFormat

// A proof holds for one message between two nodes, and for no other.

@Suite struct `Message proofs` {
    private static let body = Digest.sha256(Array("body".utf8))
    private static let request = MessageProof.Subject.request(
        method: "POST", path: "/v1/exchange", body: body)
    private static let answer = MessageProof.Subject.answer(
        status: 200, path: "/v1/exchange", body: body)

    private static func sign(
        _ subject: MessageProof.Subject = request, nonce: [UInt8] = Array(0..<16), boot: UInt64 = 9,
        time: Int64 = Fixture.time, sender: NodeID = Fixture.node
    ) -> MessageProof {
        .sign(
            subject, sender: sender, peer: Fixture.hub, time: time, nonce: nonce, boot: boot,
            key: Fixture.nodeKey)
    }

    private static func isValid(
        _ proof: MessageProof, _ subject: MessageProof.Subject = request,
        peer: NodeID = Fixture.hub, key: NodeKey = Fixture.nodeKey
    ) -> Bool {
        proof.isValid(subject, peer: peer, key: key.publicKey)
    }

    /// The proof as if its sender had written something else into the protected header.
    private static func transplanted(_ signature: MessageProof, into other: MessageProof) throws
        -> MessageProof
    {
        let bytes = Array(other.encoded.dropLast(64)) + signature.signature
        return try MessageProof(encoded: bytes)
    }

    @Test func `hold for the message they were made for`() throws {
        #expect(Self.isValid(Self.sign()))
        #expect(Self.isValid(Self.sign(Self.answer), Self.answer))
        #expect(Self.isValid(try MessageProof(encoded: Self.sign().encoded)))
    }

    @Test(
        arguments: [
            .request(method: "GET", path: "/v1/exchange", body: body),
            .request(method: "POST", path: "/v1/wake", body: body),
            .request(method: "POST", path: "/v1/exchange", body: .sha256([])),
            .request(method: "POST/v1", path: "/exchange", body: body),
            .answer(status: 200, path: "/v1/exchange", body: body),
        ] as [MessageProof.Subject])
    func `fail for another request`(subject: MessageProof.Subject) {
        #expect(!Self.isValid(Self.sign(), subject))
    }

    @Test(
        arguments: [
            .answer(status: 401, path: "/v1/exchange", body: body),
            .answer(status: 200, path: "/v1/wake", body: body),
            .answer(status: 200, path: "/v1/exchange", body: .zero),
            .request(method: "200", path: "/v1/exchange", body: body),
        ] as [MessageProof.Subject])
    func `fail for another answer`(subject: MessageProof.Subject) {
        #expect(!Self.isValid(Self.sign(Self.answer), subject))
    }

    @Test func `fail for another peer or key`() {
        #expect(!Self.isValid(Self.sign(), peer: Fixture.node))
        #expect(!Self.isValid(Self.sign(), key: Fixture.hubKey))
    }

    @Test func `fail with another nonce, boot, time or sender`() throws {
        let proof = Self.sign()
        #expect(Self.isValid(try Self.transplanted(proof, into: proof)))
        for other in [
            Self.sign(nonce: Array(1..<17)), Self.sign(boot: 10), Self.sign(time: Fixture.time + 1),
            Self.sign(sender: NodeID("632521-02")!),
        ] {
            #expect(Self.isValid(other))
            #expect(!Self.isValid(try Self.transplanted(proof, into: other)))
        }
    }

    @Test func `carry what a receiver checks`() throws {
        let proof = try MessageProof(encoded: Self.sign(boot: .max, time: .min).encoded)
        #expect(proof.sender == Fixture.node && proof.boot == .max && proof.time == .min)
        #expect(proof.nonce == Array(0..<16))
        #expect(proof.encoded.count < 300)
    }

    /// The `Sig_structure` of RFC 9052 §4.4, put together by hand.
    @Test func `sign a COSE structure`() {
        let proof = Self.sign()
        let protected = cbor { writer in
            writer.map(count: 5)
            writer.integer(1)
            writer.integer(-8)
            writer.integer(4)
            writer.byteString(Array("632521-01".utf8))
            writer.integer(-65_537)
            writer.integer(Fixture.time)
            writer.integer(-65_538)
            writer.byteString(Array(0..<16) as [UInt8])
            writer.integer(-65_539)
            writer.unsigned(9)
        }
        let payload = cbor { writer in
            writer.array(count: 5)
            for text in ["request", "POST", "/v1/exchange", "630000-hub"] { writer.text(text) }
            writer.digest(Self.body)
        }
        let structure = cbor { writer in
            writer.array(count: 4)
            writer.text("Signature1")
            writer.byteString(protected)
            writer.byteString([] as [UInt8])
            writer.byteString(payload)
        }
        let key = Fixture.nodeKey.publicKey
        #expect(key.isValid(signature: proof.signature, for: structure))
    }
}
