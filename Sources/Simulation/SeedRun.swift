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
    /// What did not hold, and a story as short as possible; nil when all is well.
    public private(set) var failure: String?

    /// `isTraced`: tells everything as it happens; then a failure is not shrunk.
    public init(seed: UInt64, isTraced: Bool = false, isShrunk: Bool = true) {
        self.seed = seed
        let setup = Trial.Setup.drawn(seed)
        do {
            let trial = try Trial(seed: seed, setup, isTraced: isTraced)
            do { try trial.run() } catch let violation as Violation where isShrunk && !isTraced {
                let story = FailureStory(seed: seed, setup, violation)
                failure = story.lines.joined(separator: "\n")
            } catch {
                failure = error is Violation ? "\(error)" : "seed \(seed): \(error)"
            }
            let world = trial.world
            steps = world.schedule.steps
            changes = world.ledger.entries.count
            exchanges = world.counties.reduce(0) { $0 + $1.exchanges }
            conflicts = world.conflictsSeen
            crashes = world.machines.reduce(0) { $0 + $1.crashes }
            tally = world.tally
            simulatedMilliseconds = world.schedule.clock.wall
        } catch {
            failure = "the world could not be set up: \(error)"
        }
    }
}
