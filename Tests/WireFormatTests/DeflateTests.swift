import SyncCore
import Testing
import WireFormat

// A body is inflated to the announced size or refused; what it claims never decides the memory.

@Suite struct `Deflated bodies` {
    private static func refusal(_ input: [UInt8], _ byteCount: Int, max: Int = 1 << 20)
        -> RefusalRule?
    {
        WireFormatTests.refusal {
            try Deflate.decompress(input[...], byteCount: byteCount, max: max)
        }
    }

    @Test(arguments: [0, 1, 6, 9, 12] as [Int32])
    func `any level comes back`(level: Int32) throws {
        let seed: UInt64 = 800
        var random = SplitMix64(seed)
        for count in [1, 2, 100, 65_535, 65_536, Limits.segmentBytes] {
            for input in [Array(repeating: 7, count: count), random.bytes(count)] {
                let compressed = Deflate.compress(input, level: level)
                let output = try Deflate.decompress(
                    compressed[...], byteCount: count, max: Limits.segmentBytes)
                #expect(output == input, "seed \(seed)")
                #expect(compressed.count <= count + 4000)
            }
        }
    }

    @Test func `a bomb is refused`() {
        // A thousand times smaller than what it holds; it is never inflated beyond the claim.
        let bomb = Deflate.compress(Array(repeating: 0, count: 64 << 20))
        #expect(bomb.count < 80_000)
        #expect(Self.refusal(bomb, 100) == .malformed)
        #expect(Self.refusal(bomb, Limits.segmentBytes, max: Limits.segmentBytes) == .malformed)
        #expect(Self.refusal(bomb, 64 << 20, max: Limits.segmentBytes) == .tooLarge)
        #expect(Self.refusal(bomb, .max, max: Limits.segmentBytes) == .tooLarge)
        var raw = RawSegment(.example())
        raw.compressed = bomb
        #expect(Decoder.segment.refusal(raw.encoded) == .malformed)
        raw.bodyByteCount = 64 << 20
        #expect(Decoder.segment.refusal(raw.encoded) == .tooLarge)
    }

    @Test func `all of the input, all of the output`() {
        let input = Array("一二三".utf8)
        let compressed = Deflate.compress(input)
        #expect(Self.refusal(compressed, input.count) == nil)
        #expect(Self.refusal(compressed + [0], input.count) == .malformed)
        #expect(Self.refusal(compressed + compressed, input.count) == .malformed)
        #expect(Self.refusal(Array(compressed.dropLast()), input.count) == .malformed)
        #expect(Self.refusal(compressed, input.count - 1) == .malformed)
        #expect(Self.refusal(compressed, input.count + 1) == .malformed)
    }

    @Test func `nothing is no body`() {
        #expect(Self.refusal([], 0) == .malformed)
        #expect(Self.refusal([], 1) == .malformed)
        #expect(Self.refusal(Deflate.compress([]), 0) == .malformed)
    }

    @Test func `other wrappings and garbage are refused`() {
        // zlib's and gzip's heads, a reserved block type, a distance before the start.
        for hex in ["789c030000000001", "1f8b080000000000", "07", "ff", "4b0400", "4b04fe00"] {
            #expect(Self.refusal(bytes(hex), 10) == .malformed, "\(hex)")
        }
        let seed: UInt64 = 801
        var random = SplitMix64(seed)
        for _ in 0..<5000 { _ = Self.refusal(random.bytes(random.below(40)), 1 + random.below(99)) }
    }

    @Test func `a slice is read from its own start`() throws {
        let input: [UInt8] = [1, 2, 3]
        let padded = [9, 9] + Deflate.compress(input) + [9]
        let output = try Deflate.decompress(padded[2..<(padded.count - 1)], byteCount: 3, max: 3)
        #expect(output == input)
    }
}
