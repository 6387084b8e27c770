import APIClient
import Foundation
import Records
import Rehearsal

/// The province after the faults: it becomes even by itself, then nothing more moves, and every
/// store is sound.
struct Rest {
    let scene: Scene

    /// Without a word from anybody: the longest wait between tries is two minutes, but no line was
    /// down for so long that one came near it.
    static let evenSeconds = 120
    static let rebuiltCounties = 2

    private var ledger: Ledger { scene.ledger }

    // MARK: Even

    /// Gives the seconds that it took.
    func becomeEven() async throws -> Double {
        let begun = ContinuousClock.now
        try await until(seconds: Self.evenSeconds, "all nodes are even") { () -> Bool? in
            for county in scene.counties {
                let status = try await county.get("/api/v1/status").json
                guard status["pendingUpload"] == 0, status["waiting"] == 0 else {
                    try await Task.sleep(for: .milliseconds(200))
                    return nil
                }
            }
            return try await disagreements(among: scene.all).isEmpty ? true : nil
        }
        return begun.duration(to: .now) / .seconds(1)
    }

    // MARK: Still

    /// Invariants 7 and 12: exchanging once more moves nothing. And the hub has signed for all.
    func stayStill() async throws {
        let before = try await picture()
        try await together(scene.counties) { county in
            let report = try await county.post("/api/v1/sync", as: "admin", [:])
            if report["ok"] != true || report["received"] != 0 || report["pendingUpload"] != 0 {
                ledger.violation("\(county.name): an idle sync moved something: \(report.text)")
            }
        }
        if try await picture() != before { ledger.violation("an idle sync changed a state or log") }
        for county in scene.counties {
            for log in try await county.get("/api/v1/logs").json["logs"]?.array ?? []
            where log["log"]?.string?.hasPrefix(county.name) ?? false {
                if log["receiptedThrough"] != log["changes"] {
                    ledger.violation("\(county.name) lacks a receipt: \(log.text)")
                }
            }
            let status = try await county.get("/api/v1/status").json
            if status["refusals"] != 0 || status["forkedLogs"] != [] {
                ledger.violation("\(county.name) was refused or forked: \(status.text)")
            }
        }
    }

    private func picture() async throws -> [JSON] {
        var picture: [JSON] = []
        for node in scene.all {
            picture.append(try await node.get("/api/v1/state").json)
            picture.append(try await node.get("/api/v1/logs").json)
        }
        return picture
    }

    // MARK: Sound

    /// Invariant 14: the state is the fold of history, byte for byte.
    func rebuild() async throws {
        for node in [scene.hub] + scene.counties.suffix(Self.rebuiltCounties) {
            let before = try await node.get("/api/v1/state").json
            let answer = try await node.ask("POST", "/api/v1/rebuild", as: "audit", [:]).json
            let after = try await node.get("/api/v1/state").json
            if answer["unchanged"] != true || after != before {
                ledger.violation("\(node.name) rebuilds to something else: \(answer.text)")
            }
        }
    }

    /// Invariant 6, and that a stop is clean: each store by the command, its service stopped.
    func verify(_ program: Program) async throws {
        try await together(scene.all) { node in
            try await node.stop()
            let status = await node.exitStatus
            if status != 0 { ledger.violation("\(node.name) ended with \(status ?? -1)") }
        }
        for node in scene.all {
            let ending = try await program.end(of: ["verify", "--data", node.folder, "--json"])
            if ending.status != 0 {
                ledger.violation("\(node.name) does not verify: \(ending.output)\(ending.errors)")
            }
        }
    }
}
