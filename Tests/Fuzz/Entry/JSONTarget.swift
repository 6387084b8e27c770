import Foundation
import Records

/// The strict reader of bodies against Foundation's: what the strict one takes, the other must
/// take for the same.
enum JSONTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        switch Result(catching: { () throws(JSONFault) in try JSON(parsing: bytes) }) {
        case .success(let json):
            guard
                let other = try? JSONSerialization.jsonObject(
                    with: Data(bytes), options: .fragmentsAllowed)
            else { throw Violation("Foundation refuses what was taken") }
            try agree(json, other)
            try require(isSame(json, JSON(decoding: json.encoded)), "written, it is read again")
        case .failure(let fault):
            try require((0...bytes.count).contains(fault.offset), "the fault lies in the bytes")
            try require(JSON(decoding: bytes) == nil, "both doors refuse alike")
        }
    }

    private static func agree(_ json: JSON, _ other: Any) throws(Violation) {
        switch json {
        case .null: try require(other is NSNull, "null")
        case .bool(let value): try require(other as? Bool == value, "a truth")
        case .integer(let value):
            guard let number = other as? NSNumber else { throw Violation("no number") }
            try require(number.int64Value == value, "the number \(value), not \(number)")
        case .string(let value):
            guard let text = other as? String else { throw Violation("no text") }
            try require(inked(text) == inked(value), "a text byte by byte")
        case .array(let values):
            guard let list = other as? [Any], list.count == values.count else {
                throw Violation("a list as long")
            }
            for (value, element) in zip(values, list) { try agree(value, element) }
        case .object(let members):
            if members.keys.contains(where: { $0.unicodeScalars.contains("\u{FEFF}") }) { return }
            guard let object = other as? [String: Any], object.count == members.count else {
                throw Violation("an object of as many members")
            }
            for (name, value) in members {
                guard let element = object[name] else { throw Violation("a member \(name)") }
                try agree(value, element)
            }
        }
    }

    /// Foundation loses a U+FEFF after an escape (`"\f` and the mark), where it is part of the text.
    private static func inked(_ text: String) -> [UInt8] {
        Array(String(text.unicodeScalars.filter { $0 != "\u{FEFF}" }).utf8)
    }

    /// Texts by their bytes: for Swift, two ways to write é are one text.
    static func isSame(_ a: JSON, _ b: JSON?) -> Bool {
        switch (a, b) {
        case (.string(let a), .string(let b)): Array(a.utf8) == Array(b.utf8)
        case (.array(let a), .array(let b)):
            a.count == b.count && zip(a, b).allSatisfy { isSame($0, $1) }
        case (.object(let a), .object(let b)):
            a.count == b.count
                && a.allSatisfy { name, value in isSame(value, b[name]) }
        default: a == b
        }
    }
}
