/// What goes wrong and how often, in millionths of the occasions.
struct Faults {
    /// A message is never delivered.
    var loss = 0
    /// A message is delivered a second time, possibly much later.
    var duplication = 0
    /// A message takes longer than its sender waits.
    var lateness = 0
    /// A process dies between two steps of an exchange.
    var countyCrash = 0
    var hubCrash = 0
    /// A process dies after the commit of an edit, before the person hears of it.
    var lostAcknowledgement = 0
    /// One bit of a segment changes on the way.
    var damage = 0
    /// The hub asks to come back later.
    var busy = 0
    /// The hub's disk is nearly full: it takes nothing in; of the requests that bring something.
    var noRoom = 0
    /// A county is cut off for minutes; of each minute.
    var partition = 0

    static let none = Faults()

    /// A random subset of all faults, each at a random rate.
    static func drawn(_ dice: Dice) -> Faults {
        func rate(_ limit: Int) -> Int { dice.roll(0...1) == 0 ? 0 : dice.roll(1...limit) }
        return Faults(
            loss: rate(300_000), duplication: rate(300_000), lateness: rate(100_000),
            countyCrash: rate(60_000), hubCrash: rate(40_000), lostAcknowledgement: rate(100_000),
            damage: rate(200_000), busy: rate(150_000), noRoom: rate(300_000),
            partition: rate(150_000))
    }
}
