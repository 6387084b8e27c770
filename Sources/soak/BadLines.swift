import Rehearsal

/// What befalls lines: down for a while, cut within a message, slow.
struct BadLines {
    let scene: Scene
    let links: [Link]
    var dice: Dice

    static let betweenMilliseconds = 100...1500
    static let badMilliseconds = 300...6000
    static let cutBytes = 1...30_000
    static let delayMilliseconds = 20...600

    mutating func run(until deadline: ContinuousClock.Instant) async {
        while true {
            await dice.rest(Self.betweenMilliseconds)
            guard ContinuousClock.now < deadline, !Task.isCancelled, let link = dice.pick(links)
            else { return }
            switch dice.roll(0...2) {
            case 0:
                link.down()
                scene.tally.add("line down")
            case 1:
                let tally = scene.tally
                link.up(
                    cutAfterBytes: dice.roll(Self.cutBytes),
                    direction: dice.chance(50) ? .fromCounty : .fromHub
                ) { tally.add("line cut") }
            default:
                let late = Int64(dice.roll(Self.delayMilliseconds))
                link.delay(.fromCounty, milliseconds: late)
                link.delay(.fromHub, milliseconds: late)
                scene.tally.add("line slow")
            }
            await dice.rest(Self.badMilliseconds)
            link.delay(.fromCounty, milliseconds: 0)
            link.delay(.fromHub, milliseconds: 0)
            link.up()
        }
    }
}
