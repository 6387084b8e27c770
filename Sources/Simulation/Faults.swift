/// How often things go wrong by chance, in millionths of the occasions. What happens once, at a
/// place of its own, is an ``Incident``.
struct Faults {
    /// A message is never delivered.
    var loss = 0
    /// A message is delivered a second time, possibly much later.
    var duplication = 0
    /// A message takes longer than its sender waits, sometimes until another day.
    var lateness = 0
    /// A message ends too early; its sender hears of it.
    var cutBody = 0
    /// A process dies between two steps of an exchange.
    var countyCrash = 0
    var hubCrash = 0
    /// A process dies after the commit of an edit, before the person hears of it.
    var lostAcknowledgement = 0
    /// A call of the store fails: before or after its commit, nobody knows.
    var ioError = 0
    var diskFull = 0
    var locked = 0
    /// Each call takes up to this long.
    var slowMilliseconds: Int64 = 20
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
        func rate(_ limit: Int) -> Int { dice.roll(0...2) > 0 ? 0 : dice.roll(1...limit) }
        return Faults(
            loss: rate(300_000), duplication: rate(500_000), lateness: rate(100_000),
            cutBody: rate(200_000), countyCrash: rate(60_000), hubCrash: rate(40_000),
            lostAcknowledgement: rate(100_000), ioError: rate(60_000), diskFull: rate(60_000),
            locked: rate(200_000),
            slowMilliseconds: dice.roll(0...3) > 0 ? 20 : dice.milliseconds(20...1000),
            damage: rate(200_000), busy: rate(150_000), noRoom: rate(300_000),
            partition: rate(150_000))
    }

    var names: [String] {
        let rates = [
            ("loss", loss), ("duplication", duplication), ("lateness", lateness),
            ("cut bodies", cutBody), ("county crashes", countyCrash), ("hub crashes", hubCrash),
            ("lost acknowledgements", lostAcknowledgement), ("i/o errors", ioError),
            ("full disks", diskFull), ("locks", locked), ("damage", damage), ("busy", busy),
            ("no room", noRoom), ("partitions", partition),
        ]
        return rates.filter { $0.1 > 0 }.map(\.0)
            + (slowMilliseconds > 20 ? ["slow disks"] : [])
    }

    static var rates: [WritableKeyPath<Faults, Int>] {
        [
            \.loss, \.duplication, \.lateness, \.cutBody, \.countyCrash, \.hubCrash,
            \.lostAcknowledgement, \.ioError, \.diskFull, \.locked, \.damage, \.busy,
            \.noRoom, \.partition,
        ]
    }

    /// The same without one of them, for finding out which matter.
    var eachLeftOut: [Faults] {
        Self.rates.filter { self[keyPath: $0] > 0 }.map { path in
            var fewer = self
            fewer[keyPath: path] = 0
            return fewer
        }
    }
}
