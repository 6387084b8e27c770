/// What was asked on the command line.
struct Options {
    var figures = Figure.allCases
    var size = 100_000
    var runs = 3
    var isJSON = false
    var isQuick = false
    /// Parts by themselves instead of figures, each so many times over.
    var micro: [Micro] = []
    var times = 3

    static let usage =
        """
        usage: bench [--figure N]… [--size CHANGES] [--runs N] [--quick] [--json]
               bench --micro \(Micro.allCases.map(\.rawValue).joined(separator: "|")) [--times N]
        """

    /// Nil where the words make no sense.
    init?(_ words: [String]) {
        var words = words[...]
        var named: [Figure] = []
        func number(_ range: ClosedRange<Int>) -> Int? {
            words.popFirst().flatMap(Int.init).flatMap { range.contains($0) ? $0 : nil }
        }
        while let word = words.popFirst() {
            switch word {
            case "--json": isJSON = true
            case "--quick": isQuick = true
            case "--figure":
                guard let figure = number(1...99).flatMap(Figure.init) else { return nil }
                named.append(figure)
            case "--size":
                guard let count = number(1000...10_000_000) else { return nil }
                size = count
            case "--runs":
                guard let count = number(1...100) else { return nil }
                runs = count
            case "--micro":
                guard let part = words.popFirst().flatMap(Micro.init) else { return nil }
                micro.append(part)
            case "--times":
                guard let count = number(1...1000) else { return nil }
                times = count
            default: return nil
            }
        }
        if !named.isEmpty { figures = named }
        if isQuick { (size, runs) = (min(size, 20_000), 1) }
    }
}
