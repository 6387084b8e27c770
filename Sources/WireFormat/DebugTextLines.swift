import SyncCore

/// Indented `key: value` lines. Values are codes, numbers or quoted text, so one line stays one.
struct DebugLines {
    private(set) var text = ""
    private var indent = 0

    mutating func line(_ key: String, _ value: some CustomStringConvertible) {
        text += String(repeating: "  ", count: indent) + key + ": \(value)\n"
    }

    /// Of a list whose elements have no names.
    mutating func item(_ value: some CustomStringConvertible) {
        text += String(repeating: "  ", count: indent) + "- \(value)\n"
    }

    mutating func section(_ key: String, _ body: (inout DebugLines) -> Void) {
        text += String(repeating: "  ", count: indent) + key + ":\n"
        indent += 1
        body(&self)
        indent -= 1
    }

    /// An empty list is said to be one: absent and empty must not look alike.
    mutating func list<Element>(
        _ key: String, _ elements: [Element], _ one: (Element, inout DebugLines) -> Void
    ) {
        if elements.isEmpty { return line(key, "none") }
        section(key) { lines in
            for element in elements { one(element, &lines) }
        }
    }

    mutating func references(_ key: String, _ references: [Reference]) {
        list(key, references) { $1.item(DebugText.named($0)) }
    }

    static func text(_ body: (inout DebugLines) -> Void) -> String {
        var lines = DebugLines()
        body(&lines)
        return lines.text
    }
}

extension DebugText {
    /// What people type, then what it stands for.
    static func named(_ reference: Reference) -> String { "\(ShortID(reference)) (\(reference))" }

    static func named(_ group: GroupID) -> String {
        switch group {
        case ReservedGroup.verdict: "group 0 (verdict)"
        case ReservedGroup.life: "group 1 (life)"
        case ReservedGroup.alias: "group 2 (alias)"
        default: "group \(group)"
        }
    }

    static func name(of kind: ChangeKind) -> String {
        switch kind {
        case .edit: "edit"
        case .decision: "decision"
        case .join: "join"
        case .verdict: "verdict"
        case .void: "void"
        case .erasure: "erasure"
        }
    }

    /// ISO 8601 in UTC, then the milliseconds themselves. Without Foundation, whose calendars
    /// would be the only thing this target needs of it.
    static func time(_ milliseconds: Int64) -> String {
        let perDay: Int64 = 86_400_000
        let ofDay = (milliseconds % perDay + perDay) % perDay
        let day = milliseconds / perDay - (milliseconds % perDay < 0 ? 1 : 0)
        let date = civilDate(daysSince1970: day)
        let sign = date.year < 0 ? "-" : date.year > 9999 ? "+" : ""
        let text =
            sign + padded(date.year.magnitude, 4) + "-" + padded(date.month.magnitude, 2) + "-"
            + padded(date.day.magnitude, 2) + "T" + padded((ofDay / 3_600_000).magnitude, 2) + ":"
            + padded((ofDay / 60_000 % 60).magnitude, 2) + ":"
            + padded((ofDay / 1000 % 60).magnitude, 2) + "."
            + padded((ofDay % 1000).magnitude, 3) + "Z"
        return "\(text) (\(milliseconds) ms)"
    }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Proleptic Gregorian, by eras of 400 years that begin on 1 March, so that the leap day is
    /// the last of its year (Howard Hinnant, `civil_from_days`).
    static func civilDate(daysSince1970 day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * ofYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, ofYear - (153 * fromMarch + 2) / 5 + 1)
    }
}
