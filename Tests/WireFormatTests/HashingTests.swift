import SyncCore
import Testing
import WireFormat

// One rule for hashing: every part of a change and of its place counts, and nothing else.

@Suite struct `Hashes of changes` {
    private static func hash(
        log: LogID = Fixture.log, sequence: UInt64 = 3, previous: Digest = .sha256([0]),
        header: [UInt8] = [1], payload: [UInt8] = [2], secret: [UInt8] = Array(0..<16)
    ) -> Digest {
        ChangeHash.change(
            place: ChangeCodec.place(log: log, sequence: sequence, previousHash: previous),
            headerBytes: header.span.bytes,
            payload: ChangeHash.payload(
                payload.span.bytes, salt: SaltSecret(secret)!.salt(for: sequence)))
    }

    @Test func `every part counts`() {
        let others = [
            Self.hash(log: Fixture.log(Fixture.county)),
            Self.hash(
                log: LogID(
                    node: Fixture.hub, incarnation: Fixture.log.incarnation, scope: Fixture.county,
                    lane: .events)),
            Self.hash(log: Fixture.log(.province, incarnation: Fixture.log.incarnation)),
            Self.hash(log: Fixture.log(Fixture.county, .records, incarnation: 0xC5A1)),
            Self.hash(sequence: 4), Self.hash(previous: .sha256([1])), Self.hash(header: [2]),
            Self.hash(payload: [3]), Self.hash(secret: Array(1..<17)), Self.hash(),
        ]
        #expect(Set(others).count == others.count)
        #expect(Self.hash() == Self.hash())
    }

    /// By hand, from the description alone.
    @Test func `a hash is SHA-256 of place, header and payload hash`() {
        let place = cbor { writer in
            writer.array(count: 4)
            writer.unsigned(1)
            writer.raw(RawSegment.encode(Fixture.log))
            writer.unsigned(3)
            writer.digest(.sha256([0]))
        }
        let salt = Digest.sha256(Array(0..<16) + [0, 0, 0, 0, 0, 0, 0, 3]).bytes.prefix(16)
        let expected = Digest.sha256(place + [1] + Digest.sha256(salt + [2]).bytes)
        #expect(Self.hash() == expected)
    }

    @Test func `salts differ by sequence and secret`() {
        var salts: Set<[UInt8]> = []
        for first in 0..<4 as Range<UInt8> {
            let secret = SaltSecret(Array(repeating: first, count: 16))!
            for sequence in 1...600 as ClosedRange<UInt64> {
                salts.insert(secret.salt(for: sequence).bytes)
            }
        }
        #expect(salts.count == 2400)
        #expect(salts.allSatisfy { $0.count == 16 })
    }

    @Test(arguments: [(1, 0), (512, 0), (513, 1), (1024, 1), (1025, 2)] as [(UInt64, UInt64)])
    func `blocks are aligned`(sequence: UInt64, block: UInt64) {
        #expect(SaltSecret.block(of: sequence) == block)
    }

    @Test func `a clock's digest tells full hashes apart`() {
        func clock(_ words: (UInt64, UInt64, UInt64, UInt64)) -> Digest {
            let tip = Tip(sequence: 1, hash: Digest(words: words))
            return VectorClock([VectorClock.Entry(log: Fixture.log, tips: [tip])]).digest
        }
        // The same first eight bytes, as in a reference.
        #expect(clock((1, 0, 0, 0)) != clock((1, 0, 0, 1)))
    }
}
