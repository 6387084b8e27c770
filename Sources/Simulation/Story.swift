/// A failure with as little around it as it needs.
struct FailureStory {
    let lines: [String]

    /// Leaves out steps and faults as long as the same promise breaks, for at most so many runs.
    init(seed: UInt64, _ setup: Trial.Setup, _ violation: Violation, runs limit: Int = 300) {
        var best = (setup: setup, violation: violation)
        var runs = 0
        func isStillBroken(_ setup: Trial.Setup) -> Bool {
            runs += 1
            guard let trial = try? Trial(seed: seed, setup) else { return false }
            do { try trial.run() } catch let found as Violation
                where found.promise == violation.promise
            {
                best = (setup, found)
                return true
            } catch { return false }
            return false
        }
        // What happens once first: it matters most to the reader. Then stretches of all steps.
        var size = max(best.setup.script.count / 2, 1)
        while size >= 1, runs < limit {
            var start = 0
            while start < best.setup.script.count, runs < limit {
                var fewer = best.setup
                fewer.script.removeSubrange(
                    start..<min(start + size, best.setup.script.count))
                if !isStillBroken(fewer) { start += size }
            }
            size /= 2
        }
        for faults in best.setup.faults.eachLeftOut where runs < limit + 20 {
            var fewer = best.setup
            for path in Faults.rates where faults[keyPath: path] == 0 {
                fewer.faults[keyPath: path] = 0
            }
            _ = isStillBroken(fewer)
        }
        var told: [String] = []
        if let trial = try? Trial(seed: seed, best.setup, isRecorded: true) {
            try? trial.run()
            told = trial.world.story.filter { !$0.contains(" 0 segments") }
        }
        let left = best.setup
        lines =
            [
                violation.description,
                """
                shrunk in \(runs) runs from \(setup.script.count) steps to \(left.script.count), \
                with \(left.counties) counties, faults: \(left.faults.names.joined(separator: ", "))
                """,
                "then: \(best.violation.text)",
            ]
            + left.script.map { "  \($0)" } + ["what happens:"]
            + told.suffix(80).map { "  \($0)" }
            + ["replay the whole with: simulate --seed \(seed) --trace"]
    }
}
