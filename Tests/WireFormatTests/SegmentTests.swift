import SyncCore
import Testing
import WireFormat

// A receiver recomputes from a segment what its author computed.

private let wrongHeads: [Damage] = [
    Damage("no change") { $0.count = 0 },
    Damage("one more change") { $0.count += 1 },
    Damage("one change less") { $0.count -= 1 },
    Damage("too many changes") { $0.count = 513 },
    Damage("no secret") { $0.secrets = [] },
    Damage("two secrets") { $0.secrets += $0.secrets },
    Damage("three secrets") { $0.secrets += $0.secrets + $0.secrets },
    Damage("a short secret") { $0.secrets = [[0x41, 0x01]] },
    Damage("sequence 0") { $0.firstSequence = 0 },
    Damage("beyond the last sequence") { $0.firstSequence = Limits.sequenceMax },
    Damage("a start that has a predecessor") { $0.previousHash = .sha256([]) },
    Damage("a middle without predecessor") { $0.firstSequence = 2 },
    Damage("a short signature") { $0.signature.removeLast() },
    Damage("a body too short") { $0.bodyByteCount += 1 },
    Damage("a body too long") { $0.bodyByteCount -= 1 },
    Damage("a huge body") { $0.bodyByteCount = UInt64(Limits.segmentBytes) + 1 },
    Damage("no body") { $0.compressed = [] },
]

@Suite struct `Segments` {
    @Test(arguments: [1...1, 1...2, 1...512, 2...513, 500...530, 512...513, 513...600, 90...601])
    func `a receiver gets the author's changes`(sequences: ClosedRange<UInt64>) throws {
        var author = Author()
        let seed: UInt64 = 500
        var random = SplitMix64(seed)
        for _ in 0..<sequences.upperBound {
            let header = random.oneIn(20) ? random.header(in: Fixture.county) : Fixture.creation()
            author.append(header, random.payload(for: header))
        }
        let encoded = author.seal(sequences)
        let segment = try SegmentCodec.decode(encoded)
        #expect(segment.log == author.log)
        #expect(segment.firstSequence == sequences.lowerBound)
        #expect(segment.lastSequence == sequences.upperBound)
        #expect(segment.previousHash == author.hash(before: sequences.lowerBound))
        #expect(segment.encoded == encoded)
        #expect(SegmentCodec.isSigned(segment, by: author.key.publicKey))
        #expect(!SegmentCodec.isSigned(segment, by: Fixture.hubKey.publicKey))
        for (change, sequence) in zip(segment.changes, sequences) {
            let written = author.written[Int(sequence) - 1]
            #expect(change.sequence == sequence && change.hash == written.hash, "seed \(seed)")
            #expect(Array(change.headerBytes) == written.headerBytes)
            #expect(Array(change.payloadBytes) == written.payloadBytes)
            #expect(ChangeCodec.encode(try ChangeCodec.header(of: change)) == written.headerBytes)
        }
    }

    @Test func `random segments keep every byte`() throws {
        let seed: UInt64 = 501
        var random = SplitMix64(seed)
        for _ in 0..<20 {
            let author = random.author(1 + random.below(30))
            let segment = try SegmentCodec.decode(author.seal())
            #expect(segment.changes.map(\.hash) == author.written.map(\.hash), "seed \(seed)")
            #expect(
                segment.changes.map { Array($0.payloadBytes) } == author.written.map(\.payloadBytes)
            )
        }
    }

    @Test(arguments: [0, 1, 9] as [Int32])
    func `a body compressed otherwise is the same segment`(level: Int32) throws {
        let author = Author.example()
        let original = try SegmentCodec.decode(author.seal())
        let other = try SegmentCodec.decode(RawSegment(author, level: level).encoded)
        #expect(other.changes == original.changes)
        #expect(SegmentCodec.isSigned(other, by: author.key.publicKey))
        #expect(level != 0 || other.encoded != original.encoded)
    }

    @Test func `the signature covers log, last sequence and last hash only`() {
        let hash = Digest.sha256([1])
        let signed = SegmentCodec.signedBytes(log: Fixture.log, lastSequence: 3, lastHash: hash)
        let expected = cbor { writer in
            writer.array(count: 5)
            writer.text("creditsync segment")
            writer.unsigned(1)
            writer.raw(RawSegment.encode(Fixture.log))
            writer.unsigned(3)
            writer.digest(hash)
        }
        #expect(signed == expected)
    }

    @Test func `a signature holds for one log, place and hash`() throws {
        let author = Author.example()
        let segment = try SegmentCodec.decode(author.seal())
        var other = Author(log: Fixture.log(.province), key: author.key)
        other.append(Fixture.creation())
        let raw = try SegmentCodec.decode(RawSegment(other).encoded)
        #expect(SegmentCodec.isSigned(raw, by: author.key.publicKey))
        for forged in [
            Segment(
                log: raw.log, firstSequence: 1, previousHash: .zero, changes: raw.changes,
                signature: segment.signature, encoded: raw.encoded),
            Segment(
                log: segment.log, firstSequence: 2, previousHash: .zero,
                changes: segment.changes, signature: segment.signature, encoded: []),
            Segment(
                log: segment.log, firstSequence: 1, previousHash: .zero,
                changes: [segment.changes[0]], signature: segment.signature, encoded: []),
        ] {
            #expect(!SegmentCodec.isSigned(forged, by: author.key.publicKey))
        }
    }

    @Test(arguments: wrongHeads)
    func `a wrong head is refused`(damage: Damage) {
        var raw = RawSegment(.example())
        #expect(Decoder.segment.refusal(raw.encoded) == nil)
        damage.apply(&raw)
        #expect(Decoder.segment.refusal(raw.encoded) != nil)
    }

    @Test func `a refusal names the log once its name is read`() throws {
        var raw = RawSegment(.example())
        raw.compressed.append(0)
        do throws(Refusal) {
            _ = try SegmentCodec.decode(raw.encoded)
            Issue.record("accepted")
        } catch {
            #expect(error.log == Fixture.log && error.firstSequence == 1)
        }
    }
}
