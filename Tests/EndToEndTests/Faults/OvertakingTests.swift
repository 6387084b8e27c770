import APIClient
import Foundation
import Records
import Rehearsal
import Synchronization
import Testing

extension EndToEnd {
    @Suite("Requests that come twice, late, or to the wrong place")
    struct Overtaking {
        /// Not the empty request before it, by which a node learns who is there.
        static func isExchange(_ request: RawRequest) -> Bool {
            request.path == "/sync/v1/exchange" && !request.body.isEmpty
        }

        /// A province whose county has something to send and something to fetch.
        static func with(
            counties: Int = 1, _ body: (Province, RequestLine) async throws -> Void
        ) async throws {
            let line = try await RequestLine.open()
            try await Province.with(counties: counties, through: line) { province in
                province.up()
                try await province.settle()
                province.down()
                try await together(province.counties) { try await $0.addLogs(30) }
                for index in 1...10 { _ = try await province.hub.addSupplier(index) }
                try await body(province, line)
                line.treat(RequestLine.pass)
                try await province.expectNothingLost("after all")
                for county in province.counties {
                    let written = await county.accepted.count
                    #expect(try await province.hub.changes(of: county) == written)
                }
            }
            try await line.close()
        }

        @Test func `A request delivered twice counts once, whichever answer comes back`()
            async throws
        {
            for passesSecond in [false, true] {
                try await Self.with { province, line in
                    let seconds = Mutex<[Int]>([])
                    line.treat { request, hub in
                        let first = try await hub.answer(request)
                        let isNews = seconds.withLock { $0.count < 3 }
                        guard Self.isExchange(request), isNews else { return first }
                        let second = try await hub.answer(request)
                        seconds.withLock { $0.append(second.status) }
                        return passesSecond ? second : first
                    }
                    province.up()
                    try await province.settle()
                    // The hub did nothing for it, and said so.
                    #expect(seconds.withLock { $0 }.allSatisfy { $0 == 401 })
                    #expect(seconds.withLock { $0.count } > 0)
                }
            }
        }

        @Test func `Of two copies that arrive at once, one is taken`() async throws {
            try await Self.with { province, line in
                let pairs = Mutex<[[Int]]>([])
                line.treat { request, hub in
                    guard Self.isExchange(request) else {
                        return try await hub.answer(request)
                    }
                    async let one = hub.answer(request)
                    async let other = hub.answer(request)
                    let answers = try await [one, other]
                    pairs.withLock { $0.append(answers.map(\.status).sorted()) }
                    return answers.min { $0.status < $1.status }
                }
                province.up()
                try await province.settle()
                let seen = pairs.withLock { $0 }
                #expect(
                    !seen.isEmpty && seen.allSatisfy { $0[0] == 200 && $0[1] == 401 }, "\(seen)")
            }
        }

        @Test func `A request that its retry overtook changes nothing when it arrives`()
            async throws
        {
            try await Self.with { province, line in
                let late = Mutex<RawRequest?>(nil)
                line.treat { request, hub in
                    let isFirst = late.withLock { late in
                        guard late == nil, Self.isExchange(request) else { return false }
                        late = request
                        return true
                    }
                    return isFirst ? nil : try await hub.answer(request)
                }
                province.up()
                try await province.settle()
                let before = try await province.hub.get("/api/v1/logs").json
                let request = try #require(late.withLock { $0 })
                // Fresh still, so the hub takes it for what it is: an exchange with nothing new.
                let answer = try await request.send(toPort: province.syncPort)
                #expect(answer.status == 200)
                #expect(try await province.hub.get("/api/v1/logs").json == before)
            }
        }

        @Test func `An answer that comes to the retry of its request is not believed`()
            async throws
        {
            try await Self.with { province, line in
                let stale = Mutex<RequestLine.Answer?>(nil)
                let isDelivered = Flag()
                line.treat { request, hub in
                    guard Self.isExchange(request), !isDelivered.isUp else {
                        return try await hub.answer(request)
                    }
                    if let answer = stale.withLock({ $0 }) {
                        isDelivered.raise()
                        return answer
                    }
                    let answer = try await hub.answer(request)
                    stale.withLock { $0 = answer }
                    return nil
                }
                province.up()
                let county = province.counties[0]
                try await until(seconds: 30, "the stale answer is refused") {
                    let report = try await county.post("/api/v1/sync", as: "a", [:])
                    return report["failure"]?.string?.contains("pinned") == true ? true : nil
                }
            }
        }

        @Test(arguments: [1, 2, 3] as [UInt64])
        func `Messages of three nodes late, twice, lost and crossed, in any order`(seed: UInt64)
            async throws
        {
            try await Self.with(counties: 2) { province, line in
                let dice = Mutex(Dice(seed: seed))
                let stale = Mutex<RequestLine.Answer?>(nil)
                @Sendable func roll(_ sides: UInt64) -> UInt64 { dice.withLock { $0.roll(sides) } }
                line.treat { request, hub in
                    try await Task.sleep(for: .milliseconds(Int(roll(120))))
                    // The asker is gone, and its request arrives all the same.
                    if roll(10) == 0 {
                        Task { _ = try? await hub.answer(request) }
                        return nil
                    }
                    let answer = try await hub.answer(request)
                    if roll(10) == 0 { Task { _ = try? await hub.answer(request) } }
                    try await Task.sleep(for: .milliseconds(Int(roll(120))))
                    let old = stale.withLock { stale in
                        defer { stale = answer }
                        return stale
                    }
                    return roll(10) == 0 ? old : answer
                }
                province.up()
                for round in 0..<3 {
                    _ = await province.bustle(
                        around: province.hub, edits: 9, round: 10 + round)
                }
            }
        }
    }
}

/// Numbers that look random and are the same for the same seed.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    /// From 0, less than `sides`.
    mutating func roll(_ sides: UInt64) -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return (state >> 11) % sides
    }
}
