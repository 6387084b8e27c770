import Access
import SyncCore
import Testing

@Suite struct RequestGatesTests {
    let first: NodeID
    let second: NodeID
    let now: Int64 = 1_790_000_000_000

    init() throws {
        first = try #require(NodeID("632521-a"))
        second = try #require(NodeID("632522-a"))
    }

    private func gate(
        perMinute: Int64 = 1_000_000, burst: Int64 = 1_000_000, nonces: Int = 100,
        perNode: Int = 10
    ) -> RequestGates {
        RequestGates(
            boot: 7, rate: TokenBucket.Rate(perMinute: perMinute, burst: burst),
            nonceLimit: nonces, noncesPerNode: perNode)
    }

    private func nonce(_ number: Int) -> [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    @Test func `A request is admitted once, while it is fresh, for this run of the hub`() {
        var gate = gate()
        func admit(_ number: Int, time: Int64, boot: UInt64 = 7) -> RequestGates.Verdict {
            gate.admit(nonce: nonce(number), of: first, time: time, boot: boot, now: now)
        }
        #expect(admit(1, time: now) == .gate(.admitted))
        #expect(admit(1, time: now) == .gate(.replayed))
        #expect(admit(2, time: now, boot: 8) == .gate(.wrongBoot))
        #expect(admit(3, time: now - 300_000) == .gate(.admitted))
        #expect(admit(4, time: now - 300_001) == .gate(.clockOff))
        #expect(admit(5, time: now + 300_001) == .gate(.clockOff))
        #expect(admit(6, time: .min) == .gate(.clockOff))
        #expect(admit(7, time: .max) == .gate(.clockOff))
    }

    @Test func `One node cannot crowd out the others, and is let in again later`() {
        var gate = gate()
        for number in 0..<10 {
            #expect(
                gate.admit(nonce: nonce(number), of: first, time: now, boot: 7, now: now)
                    == .gate(.admitted))
        }
        #expect(
            gate.admit(nonce: nonce(10), of: first, time: now, boot: 7, now: now) == .gate(.crowded)
        )
        #expect(
            gate.admit(nonce: nonce(0), of: second, time: now, boot: 7, now: now)
                == .gate(.admitted))
        let later = now + 2 * RequestGate.windowMilliseconds + 1
        #expect(
            gate.admit(nonce: nonce(11), of: first, time: later, boot: 7, now: later)
                == .gate(.admitted))
    }

    @Test func `All nonces together are bounded`() {
        var gate = gate(nonces: 3)
        for number in 0..<3 {
            _ = gate.admit(nonce: nonce(number), of: first, time: now, boot: 7, now: now)
        }
        #expect(
            gate.admit(nonce: nonce(3), of: second, time: now, boot: 7, now: now) == .gate(.crowded)
        )
    }

    @Test func `A node's rate is its own, and a repeated request takes nothing of it`() {
        var gate = gate(perMinute: 60, burst: 2)
        #expect(
            gate.admit(nonce: nonce(1), of: first, time: now, boot: 7, now: now) == .gate(.admitted)
        )
        for _ in 0..<50 {
            #expect(
                gate.admit(nonce: nonce(1), of: first, time: now, boot: 7, now: now)
                    == .gate(.replayed))
        }
        #expect(
            gate.admit(nonce: nonce(2), of: first, time: now, boot: 7, now: now) == .gate(.admitted)
        )
        #expect(
            gate.admit(nonce: nonce(3), of: first, time: now, boot: 7, now: now)
                == .tooMany(waitMilliseconds: 1000))
        #expect(
            gate.admit(nonce: nonce(3), of: second, time: now, boot: 7, now: now)
                == .gate(.admitted))
        // What was refused for its rate was not admitted: its nonce is free.
        let later = now + 1000
        #expect(
            gate.admit(nonce: nonce(3), of: first, time: later, boot: 7, now: later)
                == .gate(.admitted))
    }
}
