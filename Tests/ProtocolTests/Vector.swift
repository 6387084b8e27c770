import Foundation
import ProtocolDocument
import Records
import SyncCore

/// One conformance case: a pair of files that any language can run. `NAME.cbor` is what comes in,
/// `NAME.json` what to do with it, with which settings, and what must come out.
struct Vector: Sendable, CustomStringConvertible {
    /// What is done with the input; the folder of the files.
    enum Kind: String, CaseIterable, Sendable {
        case decode, segment, receipt, proof, store, send
        case shortID = "short-id"
    }

    let kind: Kind
    /// The rule of `Protocol/README.md` that it shows.
    let rule: String
    let accepts: Bool
    let name: String
    let title: String
    let input: [UInt8]
    let settings: [String: JSON]
    /// What the author of the case expects of the outcome; the outcome may say more.
    let expected: [String: JSON]

    static func accept(
        _ kind: Kind, _ rule: String, _ name: String, _ title: String, _ input: [UInt8],
        _ settings: [String: JSON], _ expected: [String: JSON] = [:]
    ) -> Vector {
        Vector(
            kind: kind, rule: rule, accepts: true, name: name, title: title, input: input,
            settings: settings, expected: expected)
    }

    static func refuse(
        _ kind: Kind, _ rule: String, _ name: String, _ title: String, _ input: [UInt8],
        _ settings: [String: JSON], _ expected: [String: JSON]
    ) -> Vector {
        Vector(
            kind: kind, rule: rule, accepts: false, name: name, title: title, input: input,
            settings: settings, expected: expected)
    }

    /// Without an extension, from the folder of all vectors.
    var path: String { "\(kind.rawValue)/\(rule)-\(accepts ? "accept" : "refuse")-\(name)" }
    var description: String { path }

    func file(outcome: JSON) -> VectorFile {
        VectorFile(
            rule: rule, shows: accepts ? "accept" : "refuse", title: title,
            settings: .object(settings), outcome: outcome)
    }

    static let all: [Vector] =
        encodingCases + nameCases + changeCases + segmentCases + stateCases + conflictCases
        + messageCases + sendCases + proofCases
}

/// The `.json` of a pair.
struct VectorFile: Equatable {
    let rule: String
    /// `accept` or `refuse`.
    let shows: String
    let title: String
    let settings: JSON
    let outcome: JSON

    init(rule: String, shows: String, title: String, settings: JSON, outcome: JSON) {
        self.rule = rule
        self.shows = shows
        self.title = title
        self.settings = settings
        self.outcome = outcome
    }

    init?(_ bytes: [UInt8]) {
        guard let json = JSON(decoding: bytes), let rule = json["rule"]?.string,
            let shows = json["shows"]?.string, let title = json["title"]?.string,
            let settings = json["settings"], let outcome = json["outcome"]
        else { return nil }
        self.init(rule: rule, shows: shows, title: title, settings: settings, outcome: outcome)
    }

    var text: String {
        let json: JSON = [
            "rule": .string(rule), "shows": .string(shows), "title": .string(title),
            "settings": settings, "outcome": outcome,
        ]
        guard let object = try? JSONSerialization.jsonObject(with: Data(json.encoded)),
            let data = try? JSONSerialization.data(
                withJSONObject: object,
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        else { preconditionFailure("a vector can be encoded") }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}

extension ProtocolFolder {
    static let vectors = url.appendingPathComponent("vectors")

    static func bytes(_ path: String) -> [UInt8]? {
        (try? Data(contentsOf: vectors.appendingPathComponent(path))).map { Array($0) }
    }
}

extension [UInt8] {
    /// From hexadecimal digits; blanks are left out.
    init(hex text: String) {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        precondition(digits.count % 2 == 0)
        self = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
}
