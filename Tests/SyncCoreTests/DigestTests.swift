/// Digests and the texts they are written in come back as they were.
import SyncCore
import Testing

@Suite struct DigestTests {
    @Test func `The digest of abc is the published one`() {
        let abc = Digest.sha256(Array("abc".utf8))
        #expect(abc.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(abc.prefix == 0xBA78_16BF_8F01_CFEA)
    }

    @Test func `A digest comes back from its bytes, and is ordered as they are`() {
        let digests = (0..<200).map { Digest.sha256([UInt8($0)]) }
        for digest in digests { #expect(Digest(bytes: digest.bytes) == digest) }
        let byBytes = digests.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        #expect(digests.sorted() == byBytes)
        #expect(Digest.zero.bytes == [UInt8](repeating: 0, count: 32))
    }

    @Test(arguments: [0, 8, 31, 33, 64])
    func `Only thirty-two bytes are a digest`(count: Int) {
        #expect(Digest(bytes: [UInt8](repeating: 1, count: count)) == nil)
    }

    @Test func `Digests that differ in any word differ`() {
        let words: [Digest] = [
            .zero, Digest(words: (1, 0, 0, 0)), Digest(words: (0, 1, 0, 0)),
            Digest(words: (0, 0, 1, 0)), Digest(words: (0, 0, 0, 1)),
        ]
        #expect(Set(words).count == words.count)
    }
}

@Suite struct Base32Tests {
    @Test func `Bytes come back from their text`() {
        var random = SplitMix64(state: 4)
        for _ in 0..<1000 {
            let bytes = (0..<random.below(40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let text = Base32.encode(bytes)
            #expect(Base32.decode(text) == bytes)
            #expect(Base32.decode(text.uppercased()) == bytes)
            #expect(text.utf8.count == (bytes.count * 8 + 4) / 5)
        }
    }

    @Test func `Letters that look like digits are read as digits`() {
        #expect(Base32.decode("O1IL") == Base32.decode("0111"))
        #expect(Base32.encode([0xFF, 0x00]) == "zw00")
    }

    @Test(arguments: ["u0", "0-0", "0 0", "é0", "00=", "0"])
    func `What is not base 32 is refused`(text: String) {
        #expect(Base32.decode(text) == nil)
    }

    @Test func `One value has one text`() {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        for a in alphabet {
            for b in alphabet {
                guard let bytes = Base32.decode(String([a, b])) else { continue }
                #expect(Base32.encode(bytes) == String([a, b]))
            }
        }
    }
}
