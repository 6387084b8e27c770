import Records
import SyncCore
import WireFormat

/// A body of the API as a record of each type: read, checked, encoded, shown, and read again.
enum FieldsTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        guard let object = JSON(decoding: bytes)?.object else { return }
        for type in Catalogue.all { try read(object, as: type) }
        if let reason = object["reason"]?.string { _ = Reason.read(reason) }
    }

    private static func read(_ object: [String: JSON], as type: RecordType) throws(Violation) {
        let (values, _) = type.parse(object, isNew: false)
        _ = type.check(values)
        var size = 0
        for group in type.groups {
            let entries = group.fields.compactMap { id in values[id].map { Value.Entry(id, $0) } }
            let encoded = ValueCodec.encode(group: entries)
            size += encoded.count
            guard let again = try? ValueCodec.decode(group: encoded) else {
                throw Violation("a value that was taken can be stored")
            }
            try require(
                ValueCodec.encode(group: again) == encoded, "a stored value is read as it is")
        }
        try require(size < Limits.changeBytes, "a record that was taken fits a change")
        try readAgain(values, as: type)
    }

    /// Each kind has one normal form: what is shown is taken as it stands, byte for byte.
    private static func readAgain(
        _ values: [FieldID: Value], as type: RecordType
    ) throws(Violation) {
        let (again, problems) = type.parse(type.json(of: values), isNew: false)
        try require(
            !problems.hasErrors, "what was taken is taken again: \(problems.first?.field ?? "")")
        for (field, value) in values where value != .null {
            let name = type.field(field)?.name ?? ""
            try require(
                again[field].map(encoded) == encoded(value), "\(type.name).\(name) is normal")
            try shape(value, type.field(field)?.kind)
        }
    }

    private static func encoded(_ value: Value) -> [UInt8] {
        ValueCodec.encode(group: [Value.Entry(1, value)])
    }

    /// Codes are compared byte by byte everywhere else.
    private static func shape(_ value: Value, _ kind: FieldKind?) throws(Violation) {
        switch (kind, value) {
        case (.uscc?, .text(let text)):
            try require(text.utf8.count == 18, "a credit code is 18 bytes: \(text)")
        case (.code(let codes)?, .text(let text)):
            try require(
                codes.contains { Array($0.value.utf8) == Array(text.utf8) }, "a code of the list")
        case (.list(let member, let max)?, .list(let items)),
            (.set(let member, let max)?, .list(let items)):
            try require(items.count <= max, "a list is bounded")
            for item in items { try shape(item, member) }
        default: break
        }
    }
}
