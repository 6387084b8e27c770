/// What was asked on the command line.
struct Options {
    var minutes = 1.0
    var counties = 20
    /// Made up unless named.
    var seed = UInt64.random(in: 1...999_999)
    var isJSON = false

    static let usage = "usage: soak [--minutes M] [--counties N] [--seed S] [--json]"

    /// Nil where the words make no sense.
    init?(_ words: [String]) {
        var words = words[...]
        while let word = words.popFirst() {
            switch word {
            case "--json": isJSON = true
            case "--minutes":
                guard let number = words.popFirst().flatMap(Double.init), number > 0 else {
                    return nil
                }
                minutes = number
            case "--counties":
                guard let number = words.popFirst().flatMap(Int.init), (4...45).contains(number)
                else { return nil }
                counties = number
            case "--seed":
                guard let number = words.popFirst().flatMap(UInt64.init), number < 1 << 53 else {
                    return nil
                }
                seed = number
            default: return nil
            }
        }
    }
}
