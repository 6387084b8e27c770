import Foundation
import Rehearsal

/// What befalls processes: kills, stops and pauses, one node of its share at a time.
struct Mischief {
    enum Blow: String, CaseIterable {
        case kill = "SIGKILL"
        case terminate = "SIGTERM"
        case pause = "SIGSTOP"
    }

    let scene: Scene
    let victims: [NodeProcess]
    /// Others are only paused: their memory is watched over the whole run.
    let mayEnd: Bool
    let betweenMilliseconds: ClosedRange<Int>
    var dice: Dice

    /// Longer than it takes a caller to see that the process is gone.
    static let downMilliseconds = 300...4000
    static let pauseMilliseconds = 200...3000

    mutating func run(until deadline: ContinuousClock.Instant) async throws {
        while true {
            await dice.rest(betweenMilliseconds)
            guard ContinuousClock.now < deadline, !Task.isCancelled,
                let victim = dice.pick(victims)
            else { return }
            let blow = mayEnd ? dice.pick([Blow.kill, .kill, .terminate, .pause]) : Blow.pause
            try await strike(victim, blow ?? Blow.pause)
        }
    }

    private mutating func strike(_ victim: NodeProcess, _ blow: Blow) async throws {
        let role = victim.name == scene.hub.name ? "hub" : "county"
        switch blow {
        case .pause:
            await victim.signal(SIGSTOP)
            await dice.rest(Self.pauseMilliseconds)
            await victim.signal(SIGCONT)
        case .kill:
            try await victim.kill()
            try await comeBack(victim)
        case .terminate:
            try await victim.stop()
            let status = await victim.exitStatus ?? -1
            if status != 0 {
                scene.ledger.violation(
                    "\(victim.name) was told to stop and ended with \(status): "
                        + victim.log.suffix(2000))
            }
            try await comeBack(victim)
        }
        scene.tally.add("blow \(blow.rawValue) \(role)")
    }

    private mutating func comeBack(_ victim: NodeProcess) async throws {
        await dice.rest(Self.downMilliseconds)
        try await victim.start()
    }
}
