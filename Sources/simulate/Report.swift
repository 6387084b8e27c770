import Simulation

/// What all seeds of a run come to.
struct Report {
    private var seeds = 0
    private var failed: [UInt64] = []
    private var steps = 0
    private var changes = 0
    private var exchanges = 0
    private var conflicts = 0
    private var crashes = 0
    private var tally = Tally()
    private var simulatedMilliseconds: Int64 = 0

    var isClean: Bool { failed.isEmpty }

    mutating func add(_ run: SeedRun) {
        seeds += 1
        if run.failure != nil { failed.append(run.seed) }
        steps += run.steps
        changes += run.changes
        exchanges += run.exchanges
        conflicts += run.conflicts
        crashes += run.crashes
        tally += run.tally
        simulatedMilliseconds += run.simulatedMilliseconds
    }

    func lines(elapsedMilliseconds: Int64, isJSON: Bool) -> [String] {
        isJSON
            ? Fault.allCases.map(stateObject) + [object(elapsedMilliseconds)]
            : Fault.allCases.map(stateLine) + [sentence(elapsedMilliseconds)]
    }

    private func object(_ elapsedMilliseconds: Int64) -> String {
        let faults = Fault.allCases.map { "\"\($0)\":\(tally[$0])" }.joined(separator: ",")
        let numbers = [
            "\"steps\":\(steps)", "\"changes\":\(changes)", "\"exchanges\":\(exchanges)",
            "\"conflicts\":\(conflicts)", "\"crashes\":\(crashes)", "\"faults\":{\(faults)}",
            "\"simulated_days\":\(simulatedMilliseconds / 86_400_000)",
            "\"elapsed_ms\":\(elapsedMilliseconds)",
        ]
        let list = failed.map { "\($0)" }.joined(separator: ",")
        return "{\"seeds\":\(seeds),\"failed\":[\(list)],\(numbers.joined(separator: ","))}"
    }

    private func stateObject(_ fault: Fault) -> String {
        let states = ExchangeState.allCases.map { "\"\($0)\":\(tally[fault, $0])" }
        let remark = fault.remark.map { ",\"remark\":\"\($0)\"" } ?? ""
        return "{\"fault\":\"\(fault)\",\"states\":{\(states.joined(separator: ","))}\(remark)}"
    }

    private func stateLine(_ fault: Fault) -> String {
        let met = ExchangeState.allCases.map { "\($0) \(tally[fault, $0])" }
        let states = fault.isHook ? [] : met
        return "\(fault): " + (states + [fault.remark].compactMap(\.self)).joined(separator: ", ")
    }

    private func sentence(_ elapsedMilliseconds: Int64) -> String {
        """
        \(seeds) seeds, \(failed.count) failed \(failed), \(steps) steps, \(changes) changes, \
        \(exchanges) exchanges, \(conflicts) conflicts, \(crashes) crashes, \
        \(simulatedMilliseconds / 86_400_000) days in \(elapsedMilliseconds) ms
        """
    }
}
