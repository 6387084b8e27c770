/// A record's number as a clerk reads it aloud and types it.
import SyncCore
import Testing

@Suite struct ShortIDTests {
    static let log = LogID(
        node: NodeID("632521-01")!, incarnation: 0xC5A1, scope: .county(632_521), lane: .records)

    static let references = [1, 2, 255, 256, 65_535, 65_536, 1 << 32, Limits.sequenceMax]
        .flatMap { sequence in
            [0, 1, UInt64.max, 0x0123_4567_89AB_CDEF].map {
                Reference(log: log, sequence: sequence, prefix: $0)
            }
        }

    @Test(arguments: references)
    func `Every reference comes back from its text`(reference: Reference) {
        let short = ShortID(reference)
        #expect(ShortID(short.description) == short)
        #expect(ShortID(short.description.uppercased()) == short)
        #expect(short.matches(reference))
        #expect(short.sequence == reference.sequence)
    }

    @Test func `An ordinary one has thirteen characters`() {
        let short = ShortID(Reference(log: Self.log, sequence: 7, prefix: 1))
        #expect(short.description.count == 13)
    }

    @Test func `It tells logs, sequences and the branches of a fork apart`() {
        let one = Reference(log: Self.log, sequence: 7, prefix: 1 << 40)
        let other = LogID(
            node: NodeID("632521-02")!, incarnation: 0xC5A1, scope: .county(632_521), lane: .records
        )
        let others = [
            Reference(log: Self.log, sequence: 7, prefix: 2 << 40),
            Reference(log: Self.log, sequence: 8, prefix: 1 << 40),
            Reference(log: other, sequence: 7, prefix: 1 << 40),
        ]
        #expect(others.allSatisfy { !ShortID(one).matches($0) })
        #expect(Set((others + [one]).map { ShortID($0).description }).count == 4)
    }

    @Test func `One number has one text`() {
        var random = SplitMix64(state: 3)
        for _ in 0..<2000 {
            let count = 7 + random.below(8)
            let bytes = (0..<count).map { _ in UInt8(random.below(3)) }
            guard let short = ShortID(Base32.encode(bytes)) else { continue }
            #expect(short.description == Base32.encode(bytes), "\(bytes)")
        }
    }

    @Test(arguments: [
        "", "0", "not an id!", "00000000000", String(repeating: "z", count: 40),
        // The Kelvin sign, whose small letter is a k.
        "ayfmz902\u{212A}90jm",
    ])
    func `What is no number is refused`(text: String) {
        #expect(ShortID(text) == nil)
    }
}
