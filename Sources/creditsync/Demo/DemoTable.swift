/// Rows of the embedded tables. Fields here hold no quotes or line breaks.
struct DemoTable {
    let rows: [[String: String]]

    init(_ csv: StaticString) {
        let lines = csv.description.split(separator: "\n")
        let headings = Self.cells(lines[0])
        rows = lines.dropFirst().map { line in
            Dictionary(zip(headings, Self.cells(line)), uniquingKeysWith: { first, _ in first })
        }
    }

    private static func cells(_ line: Substring) -> [String] {
        line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}
