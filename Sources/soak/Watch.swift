import APIClient
import Foundation
import Rehearsal

/// Looks at every process every few seconds, and notices those that end by themselves.
actor Watch {
    private let scene: Scene
    private let begun = ContinuousClock.now
    private(set) var lives: [Life] = []
    private var suspects: Set<String> = []
    /// Of the hub's processes, by process: each counts from its own start.
    private var exchangesByLife: [Int32: Int] = [:]

    static let everySeconds = 2

    init(_ scene: Scene) { self.scene = scene }

    /// As many as the hub was seen to answer; those between the last look and a kill are missed.
    var exchanges: Int { exchangesByLife.values.reduce(0, +) }

    func run() async {
        while !Task.isCancelled {
            await look()
            try? await Task.sleep(for: .seconds(Self.everySeconds))
        }
    }

    /// Since the watch began.
    var seconds: Double { begun.duration(to: .now) / .seconds(1) }

    func look() async {
        for node in scene.all {
            await lookForCrash(node)
            guard let process = await node.processID else { continue }
            let seconds = seconds
            guard let sample = Gauge.sample(process, folder: node.folder, seconds: seconds) else {
                continue
            }
            if let index = lives.firstIndex(where: { $0.process == process }) {
                lives[index].samples.append(sample)
            } else {
                lives.append(Life(node: node.name, process: process, samples: [sample]))
            }
        }
        await countExchanges()
    }

    /// Twice in a row: a kill is noted by the killer a little after the process is gone.
    private func lookForCrash(_ node: NodeProcess) async {
        guard await node.hasEndedByItself else {
            suspects.remove(node.name)
            return
        }
        if !suspects.insert(node.name).inserted {
            suspects.remove(node.name)
            scene.ledger.violation("\(node.name) crashed: \(node.log.suffix(2000))")
        }
    }

    private func countExchanges() async {
        guard let process = await scene.hub.processID,
            let answer = try? await scene.hub.ask("GET", "/metrics")
        else { return }
        let name = "creditsync_sync_requests_total "
        let line = String(decoding: answer.body, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix(name) }
        if let count = line.flatMap({ Int($0.dropFirst(name.count)) }) {
            exchangesByLife[process] = max(exchangesByLife[process] ?? 0, count)
        }
    }
}
