import Foundation
import Records
import Service

/// Prints answers: as JSON on request, else for people.
enum Printing {
    static func json(_ json: JSON) {
        print(String(decoding: json.encoded, as: UTF8.self))
    }

    static func text(_ value: JSON?) -> String {
        switch value {
        case nil, .null?: "-"
        case .bool(let value)?: value ? "yes" : "no"
        case .integer(let value)?: String(value)
        case .string(let value)?: value
        case .array(let values)?: values.map { text($0) }.joined(separator: "、")
        case .object(let object)?:
            object.keys.sorted().map { "\($0)=\(text(object[$0]))" }.joined(separator: " ")
        }
    }

    /// One line for each member, names first.
    static func lines(_ object: [String: JSON], omitting hidden: Set<String> = []) {
        for key in object.keys.sorted() where !hidden.contains(key) {
            print("  \(key): \(text(object[key]))")
        }
    }

    static func table(_ rows: [JSON], _ columns: [(title: String, path: [String])]) {
        var table = Table(columns.map(\.title))
        for row in rows {
            table.add(
                columns.map { column in
                    text(column.path.reduce(Optional(row)) { $0?[$1] })
                })
        }
        print(table.text)
    }

    static func note(_ chinese: String, _ english: String) {
        print(Bilingual(chinese, english).localised)
    }
}
