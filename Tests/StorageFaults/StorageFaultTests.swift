/// Every call to the disk fails once, in every way.
import FaultyDisk
import Store
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

    /// A sync that fails makes the system forget what was written before it, too: found by a
    /// simulated province whose machines lie on such disks.
    @Test func `What is acknowledged after a failed sync survives a power cut`() throws {
        for call in 1...40 {
            let machine = try Machine()
            try machine.create(Province.county(1))
            try machine.boot()
            let store = try machine.open()
            machine.disk.plan(DiskFault(.ioError, at: call))
            _ = try? store.newSupplier("甲公司", code: 1)
            machine.disk.plan(nil)
            let record = try store.newSupplier("乙公司", code: 2)
            machine.disk.cutPower(seed: UInt64(call))
            try machine.boot()
            #expect(try machine.open().record(record) != nil, "call \(call)")
        }
    }
}

extension DiskFault.Kind {
    static let tried: [DiskFault.Kind] = [
        .crashBefore, .crashAfter, .powerCut(seed: 1), .powerCut(seed: 2), .powerCut(seed: 3),
        .ioError, .readError, .full,
    ]
}
