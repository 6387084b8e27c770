import SyncCore
import Testing
import WireFormat

// Bytes of strangers: no input stops the process, and what is accepted is written again alike.

@Suite struct `Bytes of strangers` {
    @Test(arguments: 0..<4)
    func `random bytes never trap`(part: UInt64) {
        var random = SplitMix64(100 + part)
        for _ in 0..<40_000 {
            let input = random.bytes(random.below(48))
            check(Decoder.allCases, input, "seed \(100 + part)")
        }
    }

    /// Random bytes seldom get past the first field; damaged messages do.
    @Test(arguments: 0..<4)
    func `damaged messages never trap`(part: UInt64) {
        let seed = 200 + part
        var random = SplitMix64(seed)
        for _ in 0..<500 {
            for decoder in Decoder.allCases {
                let whole = decoder.example(&random)
                for _ in 0..<2 {
                    let damaged = random.damage(whole)
                    check([decoder], damaged, "seed \(seed)")
                }
            }
        }
    }

    @Test func `random diagnostics never trap and stay bounded`() {
        let seed: UInt64 = 300
        var random = SplitMix64(seed)
        for _ in 0..<20_000 {
            let input = random.bytes(random.below(64))
            let text = DebugText.diagnostic(of: input, maxCharacters: 100)
            #expect(text.utf8.count <= 160, "seed \(seed): \(input.hex)")
        }
        for decoder in Decoder.allCases {
            for _ in 0..<20 {
                let damaged = random.damage(decoder.example(&random))
                _ = DebugText.text(ofRequest: damaged)
                _ = DebugText.text(ofAnswer: damaged)
                _ = DebugText.text(ofWakeRequest: damaged)
                _ = DebugText.text(ofWakeAnswer: damaged)
                _ = DebugText.text(ofSegment: damaged)
                _ = DebugText.text(ofProof: damaged)
                _ = DebugText.text(ofClock: damaged)
            }
        }
    }

    private func check(_ decoders: [Decoder], _ input: [UInt8], _ comment: String) {
        for decoder in decoders {
            // `#expect` only on failure: it costs more than the decoding.
            do throws(WireError) {
                let again = try decoder.again(input)
                if again != input { Issue.record("\(comment) \(decoder): \(input.hex)") }
            } catch {
                if error.offset < 0 || error.offset > Limits.segmentBytes {
                    Issue.record("\(comment) \(decoder): offset \(error.offset)")
                }
            }
        }
    }
}

extension SplitMix64 {
    mutating func damage(_ whole: [UInt8]) -> [UInt8] {
        var damaged = whole
        for _ in 0...below(3) {
            guard !damaged.isEmpty else { return damaged }
            let place = below(damaged.count)
            switch below(6) {
            case 0: damaged[place] ^= 1 << UInt8(below(8))
            case 1: damaged[place] = UInt8(truncatingIfNeeded: next())
            case 2: damaged.remove(at: place)
            case 3: damaged.insert(UInt8(truncatingIfNeeded: next()), at: place)
            case 4: damaged.removeSubrange(place..<min(damaged.count, place + below(9)))
            default: damaged.insert(contentsOf: damaged[place...].prefix(below(9)), at: place)
            }
        }
        return damaged
    }
}
