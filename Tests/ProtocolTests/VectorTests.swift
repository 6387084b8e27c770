import Foundation
import ProtocolDocument
import Records
import Testing

/// One at a time, since writing them anew and reading them must not meet.
@Suite(.serialized) struct `Conformance vectors` {
    @Test(arguments: Vector.all)
    func `come out as the rule says`(_ vector: Vector) throws {
        let outcome = try Outcome.of(vector.kind, vector.input, .object(vector.settings))
        #expect(
            outcome.contains(.object(vector.expected)),
            "\(vector.path): \(String(decoding: outcome.encoded, as: UTF8.self))")
        let file = vector.file(outcome: outcome)
        let url = ProtocolFolder.vectors.appendingPathComponent(vector.path)
        if ProtocolFolder.isWriting {
            try ProtocolFolder.write(vector.input, to: url.appendingPathExtension("cbor"))
            try ProtocolFolder.write(Array(file.text.utf8), to: url.appendingPathExtension("json"))
        }
        #expect(ProtocolFolder.bytes(vector.path + ".cbor") == vector.input)
        #expect(
            ProtocolFolder.bytes(vector.path + ".json") == Array(file.text.utf8),
            "the committed file is outdated: see Protocol/vectors/README.md")
    }

    @Test func `run from their files alone`() throws {
        var count = 0
        for kind in Vector.Kind.allCases {
            for path in try files(of: kind) {
                let text = try #require(ProtocolFolder.bytes(path + ".json"))
                let file = try #require(VectorFile(text), "\(path).json")
                let input = try #require(ProtocolFolder.bytes(path + ".cbor"), "\(path).cbor")
                let outcome = try Outcome.of(kind, input, file.settings)
                #expect(outcome == file.outcome, "\(path)")
                count += 1
            }
        }
        #expect(count == Vector.all.count, "a file that no case makes, or the reverse")
        #expect(count >= 120)
    }

    private func files(of kind: Vector.Kind) throws -> [String] {
        let folder = ProtocolFolder.vectors.appendingPathComponent(kind.rawValue).path
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .filter { $0.hasSuffix(".json") }
            .map { "\(kind.rawValue)/\($0.dropLast(5))" }
    }

    @Test func `have names of their own`() {
        #expect(Set(Vector.all.map(\.path)).count == Vector.all.count)
    }
}

extension JSON {
    /// Every member and element of the other is here; lists are as long and in the same order.
    fileprivate func contains(_ other: JSON) -> Bool {
        switch (self, other) {
        case (.object(let mine), .object(let theirs)):
            theirs.allSatisfy { name, value in mine[name]?.contains(value) ?? false }
        case (.array(let mine), .array(let theirs)):
            mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.contains($1) }
        default: self == other
        }
    }
}
