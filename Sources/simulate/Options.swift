/// What was asked on the command line.
struct Options {
    var first: UInt64 = 1
    var count: UInt64 = 200
    /// One seed alone.
    var seed: UInt64?
    var isTraced = false
    var isJSON = false
    /// The first failing seed is all that is asked for: it is not shrunk, and none follows it.
    var endsAtFirstFailure = false

    static let usage = """
        usage: simulate [--seeds N] [--first S] [--first-failure] [--json]
               simulate --seed S [--trace] [--json]
        """

    /// Nil where the words make no sense.
    init?(_ words: [String]) {
        var words = words[...]
        while let word = words.popFirst() {
            switch word {
            case "--trace": isTraced = true
            case "--json": isJSON = true
            case "--first-failure": endsAtFirstFailure = true
            case "--seeds", "--first", "--seed":
                guard let number = words.popFirst().flatMap(UInt64.init) else { return nil }
                if word == "--seeds" { count = number }
                if word == "--first" { first = number }
                if word == "--seed" { seed = number }
            default: return nil
            }
        }
    }

    var seeds: [UInt64] { seed.map { [$0] } ?? Array(first..<(first + count)) }
}
