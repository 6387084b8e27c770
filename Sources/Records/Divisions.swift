/// Administrative divisions by their six-digit codes (GB/T 2260), current and abolished.
public enum Divisions {
    /// The current name, else the last one that an abolished code had.
    public static func name(of code: String) -> String? {
        current[code]?.name ?? historical[code]?.name
    }

    /// From the province down, such as `青海省海南藏族自治州共和县`. Units that exist only to group
    /// others, such as 市辖区, are left out.
    public static func fullName(of code: String) -> String? {
        guard let name = name(of: code) else { return nil }
        let above = [code.prefix(2) + "0000", code.prefix(4) + "00"]
            .filter { $0 != code }
            .compactMap { self.name(of: String($0)) }
            .filter { !isGrouping($0) }
        return above.joined() + name
    }

    /// The current counties of a province, ascending by code.
    public static func counties(ofProvince code: String) -> [(code: String, name: String)] {
        rows2023
            .filter { $0.isCounty && $0.code.prefix(2) == code.prefix(2) && code.hasSuffix("0000") }
            .map { ($0.code, $0.name) }
            .sorted { $0.0 < $1.0 }
    }

    /// Current or historical.
    public static func isKnown(_ code: String) -> Bool {
        isCurrent(code) || historical[code] != nil
    }

    public static func isCurrent(_ code: String) -> Bool { current[code] != nil }

    private struct Row {
        let code: String
        let name: String
        let isCounty: Bool
    }

    private static let rows2023 = lines(of: divisions2023).map { columns in
        let parent = columns[2]
        return Row(
            code: columns[0], name: columns[1],
            isCounty: !parent.isEmpty && !parent.hasSuffix("0000"))
    }

    /// A prefecture without counties appears twice under one code; the first row is the prefecture.
    private static let current = Dictionary(rows2023.map { ($0.code, $0) }) { first, _ in first }

    private static let historical: [String: (name: String, lastYear: String)] = Dictionary(
        lines(of: divisionsHistorical).map { ($0[0], (name: $0[1], lastYear: $0[3])) }
    ) { a, b in a.lastYear < b.lastYear ? b : a }

    private static func isGrouping(_ name: String) -> Bool {
        ["市辖区", "县", "市"].contains(name) || name.contains("直辖")
    }

    private static func lines(of table: String) -> [[String]] {
        table.utf8.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
