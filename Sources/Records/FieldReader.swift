import SyncCore

/// Reads one field of a request into its normal form, noting what is wrong.
struct FieldReader {
    /// The field's name, or that of a list's member.
    let path: String
    private(set) var problems: [FieldProblem] = []

    init(path: String) { self.path = path }

    /// Null for an empty entry, nil when there is an error.
    mutating func read(_ json: JSON, as kind: FieldKind) -> Value? {
        if json == .null { return .null }
        switch kind {
        case .integer(let range, let unit): return integer(json, range, unit)
        case .instant: return instant(json)
        case .flag:
            guard let flag = json.bool else {
                return wrongKind("是或否 (true/false)", "true or false")
            }
            return .bool(flag)
        case .list(let member, let max): return members(json, of: member, max: max)
        case .set(let member, let max):
            return members(json, of: member, max: max).map { $0.asSet }
        default:
            guard let entry = json.string else { return wrongKind("文字", "a text") }
            let normal = PlainText.trimmed(entry)
            return normal.isEmpty ? .null : text(normal, as: kind)
        }
    }

    private mutating func text(_ entry: String, as kind: FieldKind) -> Value? {
        switch kind {
        case .text(let maxBytes, let isMultiline): plain(entry, maxBytes, isMultiline)
        case .code(let codes): code(entry, codes)
        case .date: date(entry)
        case .uscc: uscc(entry)
        case .division: division(entry)
        case .reference: reference(entry)
        case .digest: digest(entry)
        case .publicKey: publicKey(entry)
        case .nodeName: nodeName(entry)
        case .scope: scope(entry)
        case .integer, .flag, .instant, .list, .set: nil
        }
    }

    // MARK: Numbers

    private mutating func integer(
        _ json: JSON, _ range: ClosedRange<Int64>, _ unit: Bilingual?
    ) -> Value? {
        guard let integer = json.integer else { return wrongKind("整数", "a whole number") }
        guard range.contains(integer) else {
            let (low, high) = (range.lowerBound, range.upperBound)
            return refuse(
                "integer-out-of-range", "应在 \(low) 至 \(high)\(unit?.chinese ?? "") 之间。",
                "Must be from \(low) to \(high)\(unit.map { " " + $0.english } ?? "").")
        }
        return .integer(integer)
    }

    private mutating func instant(_ json: JSON) -> Value? {
        guard let milliseconds = json.integer else {
            return wrongKind("毫秒时间戳（整数）", "milliseconds since 1970 UTC")
        }
        guard FieldKind.instants.contains(milliseconds) else {
            return refuse(
                "instant-out-of-range", "时间应在 2000 年至 2099 年之间，单位为毫秒。",
                "Must lie in 2000 to 2099; the unit is milliseconds, not seconds.")
        }
        return .integer(milliseconds)
    }

    // MARK: Members

    /// An empty list is no value.
    private mutating func members(_ json: JSON, of kind: FieldKind, max: Int) -> Value? {
        guard let entries = json.array else { return wrongKind("列表", "a list") }
        guard entries.count <= max else {
            return refuse(
                "too-many-items", "最多 \(max) 项，现有 \(entries.count) 项。",
                "At most \(max) items; there are \(entries.count).")
        }
        var items: [Value] = []
        var isWhole = true
        for (index, entry) in entries.enumerated() {
            var reader = FieldReader(path: "\(path)[\(index)]")
            let item = reader.read(entry, as: kind)
            problems += reader.problems
            if let item {
                if item != .null { items.append(item) }
            } else {
                isWhole = false
            }
        }
        guard isWhole else { return nil }
        return items.isEmpty ? .null : .list(items)
    }

    // MARK: Notes

    mutating func wrongKind(_ chinese: String, _ english: String) -> Value? {
        refuse("wrong-kind", "应为\(chinese)。", "Expected \(english).")
    }

    mutating func refuse(_ code: String, _ chinese: String, _ english: String) -> Value? {
        problems.append(
            FieldProblem(field: path, code: code, message: Bilingual(chinese, english)))
        return nil
    }

    mutating func warn(_ code: String, _ chinese: String, _ english: String) {
        problems.append(
            FieldProblem(
                field: path, code: code, severity: .warning, message: Bilingual(chinese, english)))
    }
}

extension FieldKind {
    /// Milliseconds: from 2000 up to and including 2099. A time in seconds falls outside.
    static let instants: ClosedRange<Int64> = 946_684_800_000...4_102_444_799_999
}

extension Value {
    /// Ascending by bytes, each member once: sets that are equal are equal bytes. To Swift, two
    /// ways to write é are one text, of which the first would stay.
    fileprivate var asSet: Value {
        guard case .list(let items) = self else { return self }
        let sorted = items.sorted { $0.bytesOfText.lexicographicallyPrecedes($1.bytesOfText) }
        let repeated = zip(sorted, sorted.dropFirst()).map {
            $0 == $1 && $0.bytesOfText == $1.bytesOfText
        }
        return .list(zip(sorted, [false] + repeated).filter { !$0.1 }.map(\.0))
    }

    private var bytesOfText: [UInt8] {
        if case .text(let text) = self { Array(text.utf8) } else { [] }
    }
}
