import SyncCore
import Testing
import WireFormat

// No bit can be flipped on the way so that a different message passes for the one that was sent.

@Suite struct `Flipped bits` {
    /// Refused, unsigned, or the very same content.
    private func check(
        _ encoded: [UInt8], _ author: Author, _ changes: [Change], byte: Int, bit: Int
    ) {
        var flipped = encoded
        flipped[byte] ^= 1 << UInt8(bit)
        guard let segment = try? SegmentCodec.decode(flipped),
            SegmentCodec.isSigned(segment, by: author.key.publicKey)
        else { return }
        #expect(segment.changes == changes, "byte \(byte), bit \(bit)")
        #expect(segment.log == author.log && segment.firstSequence == 1)
    }

    @Test func `of a small segment`() throws {
        let author = Author.example()
        let encoded = author.seal()
        let changes = try SegmentCodec.decode(encoded).changes
        for byte in encoded.indices {
            for bit in 0..<8 { check(encoded, author, changes, byte: byte, bit: bit) }
        }
    }

    @Test func `of a stored block, where flips reach the bytes themselves`() throws {
        let author = Author.example()
        let encoded = RawSegment(author, level: 0).encoded
        let changes = try SegmentCodec.decode(encoded).changes
        for byte in encoded.indices {
            for bit in 0..<8 { check(encoded, author, changes, byte: byte, bit: bit) }
        }
    }

    @Test func `of a large segment`() throws {
        let seed: UInt64 = 600
        var random = SplitMix64(seed)
        let author = random.author(40)
        let encoded = author.seal()
        let changes = try SegmentCodec.decode(encoded).changes
        for _ in 0..<400 {
            let byte = random.below(encoded.count)
            check(encoded, author, changes, byte: byte, bit: random.below(8))
        }
    }

    /// What no signature covers by itself: one encoding for each content, so a different byte is
    /// a different message, and the proof over the body's hash tells.
    @Test(arguments: [
        Decoder.request, .answer, .wakeRequest, .wakeAnswer, .header, .payload, .proof, .clock,
        .group,
    ])
    func `of a message make another message or none`(decoder: Decoder) {
        let seed: UInt64 = 601
        var random = SplitMix64(seed)
        for _ in 0..<8 {
            let encoded = decoder.example(&random)
            for byte in encoded.indices {
                for bit in encoded.count < 600 ? Array(0..<8) : [random.below(8)] {
                    var flipped = encoded
                    flipped[byte] ^= 1 << UInt8(bit)
                    guard let again = try? decoder.again(flipped) else { continue }
                    if again != flipped {
                        Issue.record("seed \(seed), byte \(byte), bit \(bit): \(encoded.hex)")
                    }
                }
            }
        }
    }

    @Test func `of a proof make it invalid`() throws {
        let subject = MessageProof.Subject.request(
            method: "POST", path: "/v1/exchange", body: .sha256([1]))
        let proof = MessageProof.sign(
            subject, sender: Fixture.node, peer: Fixture.hub, time: Fixture.time,
            nonce: Array(0..<16), boot: 9, key: Fixture.nodeKey)
        let encoded = proof.encoded
        for byte in encoded.indices {
            for bit in 0..<8 {
                var flipped = encoded
                flipped[byte] ^= 1 << UInt8(bit)
                guard let other = try? MessageProof(encoded: flipped), other != proof else {
                    continue
                }
                let isValid = other.isValid(
                    subject, peer: Fixture.hub, key: Fixture.nodeKey.publicKey)
                #expect(!isValid, "byte \(byte), bit \(bit)")
            }
        }
    }
}
