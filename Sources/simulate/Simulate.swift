import Foundation
import Simulation

/// Runs seeds of the simulation; ends with 1 where a promise of the model did not hold.
@main
struct Simulate {
    static func main() {
        guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
            print(Options.usage)
            exit(64)
        }
        let clock = ContinuousClock()
        let start = clock.now
        var report = Report()
        for seed in options.seeds {
            // A trap leaves no report: whoever asked knows at least which seed it was.
            if options.endsAtFirstFailure {
                FileHandle.standardError.write(Data("seed \(seed)\n".utf8))
            }
            let run = SeedRun(
                seed: seed, isTraced: options.isTraced, isShrunk: !options.endsAtFirstFailure)
            if let failure = run.failure { print(failure) }
            report.add(run)
            fflush(nil)
            if options.endsAtFirstFailure, run.failure != nil { break }
        }
        let elapsed = start.duration(to: clock.now) / Duration.milliseconds(1)
        for line in report.lines(elapsedMilliseconds: Int64(elapsed), isJSON: options.isJSON) {
            print(line)
        }
        exit(report.isClean ? 0 : 1)
    }
}
