/// Every call to the disk fails once, in every way.
import FaultyDisk
import Testing

@Suite struct StorageFaultTests {
    private static let totals = Totals()

    @Test(arguments: Scenario.all)
    func `A fault at any call loses nothing and leaves nothing by halves`(
        _ scenario: Scenario
    ) throws {
        Self.totals.begin()
        var trial = try Trial(scenario)
        for kind in DiskFault.Kind.tried {
            do { try trial.exhaust(kind) } catch { Issue.record(error) }
        }
        do { try trial.hang() } catch { Issue.record(error) }
        Self.totals.add(trial.count)
    }
}

extension DiskFault.Kind {
    static let tried: [DiskFault.Kind] = [
        .crashBefore, .crashAfter, .powerCut(seed: 1), .powerCut(seed: 2), .powerCut(seed: 3),
        .ioError, .readError, .full,
    ]
}
