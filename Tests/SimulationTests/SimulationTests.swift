import Foundation
import Testing

@Suite("A province under faults")
struct SimulationTests {
    static let seeds: [UInt64] = {
        if let one = ProcessInfo.processInfo.environment["CREDITSYNC_SEED"].flatMap(UInt64.init) {
            return [one]
        }
        return Array(1...200)
    }()

    @Test("keeps every promise of the model", arguments: seeds)
    func keepsItsPromises(seed: UInt64) throws {
        let isTraced = Self.seeds.count == 1
        try Simulation(seed: seed, .drawn(seed), isTraced: isTraced).run()
    }
}
