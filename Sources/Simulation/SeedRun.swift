/// One seed from start to end: what the executable and the tests run.
public struct SeedRun: Sendable {
    public let seed: UInt64
    public private(set) var steps = 0
    public private(set) var changes = 0
    public private(set) var exchanges = 0
    public private(set) var conflicts = 0
    public private(set) var crashes = 0
    public private(set) var tally = Tally()
    public private(set) var simulatedMilliseconds: Int64 = 0
    /// What did not hold; nil when all is well.
    public private(set) var failure: String?

    public init(seed: UInt64, isTraced: Bool = false) {
        self.seed = seed
        do {
            let trial = try Trial(seed: seed, .drawn(seed), isTraced: isTraced)
            do { try trial.run() } catch { failure = "\(error)" }
            let world = trial.world
            steps = world.schedule.steps
            changes = world.ledger.entries.count
            exchanges = world.counties.reduce(0) { $0 + $1.exchanges }
            conflicts = world.conflictsSeen
            crashes = world.machines.reduce(0) { $0 + $1.crashes }
            tally = world.tally
            simulatedMilliseconds = world.schedule.now
        } catch {
            failure = "the world could not be set up: \(error)"
        }
    }
}
