import APIClient
import Foundation
import HTTPTypes
import Records
import Rehearsal
import Service

/// A sync between running nodes, as people at the counties ask for it: when all are answered,
/// everything is stored, projected and checked on both sides, durably.
struct Exchange: Sendable {
    let seconds: Double
    /// Together; with the line's and the bench's own where they share its process.
    let countyCPU: Double
    /// The largest; nil where they share the bench's process.
    let countyPeakMiB: Double?
    let hubCPU: Double
    let hubPeakMiB: Double
    let requests: Int
    /// On the wire, both directions, heads and signatures included.
    let bytes: Int

    /// Puts the line up and measures what `POST /api/v1/sync` of all counties takes. `counts`: the
    /// hub's requests, by its metrics, which look at every segment.
    static func measure(
        _ counties: [NodeProcess], _ hub: NodeProcess, over line: Link, counts: Bool = true
    ) async throws -> Exchange {
        // Without the watch that `post` keeps over the process.
        var doors: [(name: String, api: ServiceConnection)] = []
        for county in counties {
            guard let api = await county.api else { throw ended(county) }
            doors.append((county.name, api))
        }
        return try await measure(hub, over: line, counts: counts, sharesProcess: false) {
            try await usage(counties)
        } sync: {
            try await together(doors) { name, api in
                try await untilDone(name) {
                    let report = try await api.send(
                        .post, "/api/v1/sync", user: "bench", body: [:]
                    ).json
                    let isDone = report["ok"]?.bool == true && report["pendingUpload"]?.integer == 0
                    return isDone ? nil : "\(report)"
                }
            }
        }
    }

    /// The same for counties in this process.
    static func measure(
        _ counties: [HostedCounty], _ hub: NodeProcess, over line: Link
    ) async throws -> Exchange {
        try await measure(hub, over: line, counts: true, sharesProcess: true) {
            [try Usage(of: ProcessInfo.processInfo.processIdentifier)]
        } sync: {
            try await together(counties) { county in
                try await untilDone(county.name) {
                    let report = try await county.node.syncNow()
                    let isDone = report.failure == nil && report.pendingUpload == 0
                    return isDone ? nil : "\(report)"
                }
            }
        }
    }

    private static func measure(
        _ hub: NodeProcess, over line: Link, counts: Bool, sharesProcess: Bool,
        countyUsage: () async throws -> [Usage], sync: () async throws -> Void
    ) async throws -> Exchange {
        let countiesBefore = try await countyUsage()
        let hubBefore = try await usage([hub])[0]
        let requestsBefore = counts ? try await requests(of: hub) : 0
        let bytesBefore = line.passedBytes
        let clock = ContinuousClock()
        let begun = clock.now
        line.up()
        try await sync()
        let seconds = (clock.now - begun) / .seconds(1)
        let bytes = line.passedBytes - bytesBefore
        let (countiesAfter, hubAfter) = (try await countyUsage(), try await usage([hub])[0])
        return Exchange(
            seconds: seconds,
            countyCPU: zip(countiesBefore, countiesAfter).reduce(0) { sum, usages in
                sum + usages.1.cpuSeconds - usages.0.cpuSeconds
            },
            countyPeakMiB: sharesProcess ? nil : countiesAfter.map(\.peakMiB).max(),
            hubCPU: hubAfter.cpuSeconds - hubBefore.cpuSeconds, hubPeakMiB: hubAfter.peakMiB,
            requests: counts ? try await requests(of: hub) - requestsBefore : 0, bytes: bytes)
    }

    /// A hub that is asked by very many from one address tells some to come again. `ask`: nil when
    /// everything was exchanged, else what was answered.
    private static func untilDone(
        _ county: String, _ ask: () async throws -> String?
    ) async throws {
        var answer: String?
        for _ in 0..<tries {
            answer = try await ask()
            if answer == nil { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw NodeProcess.Broken(description: "\(county) did not sync: \(answer ?? "")")
    }

    private static func ended(_ node: NodeProcess) -> NodeProcess.Broken {
        NodeProcess.Broken(description: "\(node.name) ended")
    }

    private static let tries = 20

    private static func usage(_ nodes: [NodeProcess]) async throws -> [Usage] {
        var usages: [Usage] = []
        for node in nodes {
            guard let process = await node.processID else { throw ended(node) }
            usages.append(try Usage(of: process))
        }
        return usages
    }

    static func requests(of hub: NodeProcess) async throws -> Int {
        let text = String(decoding: try await hub.get("/metrics").body, as: UTF8.self)
        let name = "creditsync_sync_requests_total "
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.dropFirst(name.count)) } ?? 0
    }

    /// Medians, for a figure's details. `folder`: on the disk that was written.
    static func detail(_ exchanges: [Exchange], probedIn folder: String) throws -> [String: Double]
    {
        func median(_ value: (Exchange) -> Double?) -> Double? {
            let values = exchanges.compactMap(value)
            return values.isEmpty ? nil : values.median
        }
        return [
            "wire_bytes": median { Double($0.bytes) }, "requests": median { Double($0.requests) },
            "cpu_s_county": median(\.countyCPU), "cpu_s_hub": median(\.hubCPU),
            "rss_mb_county": median(\.countyPeakMiB), "rss_mb_hub": median(\.hubPeakMiB),
            "fdatasync_ms": try SyncProbe.milliseconds(in: folder),
        ].compactMapValues(\.self)
    }
}
