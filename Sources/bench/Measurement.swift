import Foundation

/// One figure as it came out, over all runs.
struct Measurement {
    let figure: Int
    let name: String
    let unit: String
    /// One for each run; the figure is their median.
    let values: [Double]
    /// What the floor came to in the same run, in the same unit.
    var floor: Double?
    /// What must be reached: a bound of the ratio where there is a floor, else of the value.
    var bound: Bound?
    /// Each name says its unit.
    var detail: [String: Double] = [:]

    enum Bound {
        case atLeast(Double)
        case atMost(Double)

        func holds(_ value: Double) -> Bool {
            switch self {
            case .atLeast(let least): value >= least
            case .atMost(let most): value <= most
            }
        }

        var text: String {
            switch self {
            case .atLeast(let least): "≥ \(least.short)"
            case .atMost(let most): "≤ \(most.short)"
            }
        }
    }

    var value: Double { values.median }
    var ratio: Double? { floor.map { value / $0 } }
    var isReached: Bool? { bound?.holds(ratio ?? value) }

    var json: String {
        struct Line: Encodable {
            let figure: Int
            let name: String
            let value: Double
            let unit: String
            let floor: Double?
            let ratio: Double?
            let min: Double
            let max: Double
            let runs: Int
            let bound: String?
            let reached: Bool?
            let detail: [String: Double]
        }
        let line = Line(
            figure: figure, name: name, value: value.rounded3, unit: unit, floor: floor?.rounded3,
            ratio: ratio?.rounded3, min: (values.min() ?? 0).rounded3,
            max: (values.max() ?? 0).rounded3, runs: values.count, bound: bound?.text,
            reached: isReached, detail: detail.mapValues(\.rounded3))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: (try? encoder.encode(line)) ?? Data(), as: UTF8.self)
    }

    /// For people.
    var row: String {
        let found = ratio.map { "\($0.short) × floor" } ?? "\(value.short) \(unit)"
        let wanted = bound.map { bound in
            "\(bound.text)\(floor == nil ? "" : " × floor"): \(isReached == true ? "reached" : "MISSED")"
        }
        let spread =
            values.count > 1
            ? " (\((values.min() ?? 0).short)…\((values.max() ?? 0).short) \(unit))" : ""
        let rest = detail.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.short)" }
        return "\(figure) \(name): \(found), \(value.short) \(unit)\(spread)"
            + (wanted.map { "; \($0)" } ?? "") + "\n    " + rest.joined(separator: ", ")
    }
}

extension [Double] {
    var median: Double {
        if isEmpty { return 0 }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}

extension Double {
    var rounded3: Double { (self * 1000).rounded() / 1000 }

    /// Three digits that say something.
    var short: String {
        if abs(self) >= 100 || self == rounded() { return "\(Int(rounded()))" }
        let scale = abs(self) >= 10 ? 10.0 : abs(self) >= 1 ? 100 : 1000
        return "\((self * scale).rounded() / scale)"
    }
}
