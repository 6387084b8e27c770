import Foundation
import ProtocolDocument
import Records
import SyncCore
import Testing

/// One at a time, since they write to the same documents.
@Suite(.serialized) struct `Chapters made from the program` {
    @Test func `limits`() throws {
        try Chapter("README.md", "limits").check(LimitsChapter.lines)
    }

    @Test func `worked example`() throws {
        try Chapter("README.md", "example").check(ExampleChapter.lines)
    }

    @Test func `record types`() throws {
        try Chapter("types.md", "types").check(TypesChapter.lines)
    }

    @Test func `index of vectors`() throws {
        try Chapter("vectors/README.md", "index").check(try index())
    }

    /// For every rule of the document, in its order: an accepting and a refusing case.
    private func index() throws -> [String] {
        let text = try ProtocolFolder.text("README.md")
        let rules = text.matches(of: /\n\*\*([A-Z][0-9]+)\*\*/).map { String($0.1) }
        #expect(Set(rules).count == rules.count, "a rule is numbered twice")
        #expect(Set(Vector.all.map(\.rule)).isSubset(of: rules), "a case of no rule")
        var lines = ["| rule | accepted, or applies | refused, or does not |", "|---|---|---|"]
        for rule in rules {
            if let tests = Conduct.tests[rule] {
                lines.append(
                    "| \(rule) | " + tests.map { "“\($0)”" }.joined(separator: ", ") + " | |")
                continue
            }
            let cases = Vector.all.filter { $0.rule == rule }
            for accepts in [true, false] {
                #expect(
                    cases.contains { $0.accepts == accepts },
                    "\(rule) has no \(accepts ? "accepting" : "refusing") case")
            }
            func names(_ accepts: Bool) -> String {
                cases.filter { $0.accepts == accepts }.map { $0.name }.joined(separator: ", ")
            }
            lines.append("| \(rule) | \(names(true)) | \(names(false)) |")
        }
        return lines
    }

    @Test func `rules of conduct have tests`() throws {
        let root = ProtocolFolder.url.deletingLastPathComponent().appendingPathComponent("Tests")
        let files = try #require(FileManager.default.enumerator(atPath: root.path))
        var sources = ""
        for case let name as String in files where name.hasSuffix("Tests.swift") {
            guard !name.hasPrefix("ProtocolTests") else { continue }
            sources += try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
        }
        for (rule, tests) in Conduct.tests {
            for test in tests {
                #expect(sources.contains(test), "\(rule): no test is called '\(test)'")
            }
        }
    }
}

/// Which tests of running programs show the rules of conduct.
private enum Conduct {
    static let tests: [String: [String]] = [
        "B1": [
            "The writer syncs every commit to disk",
            "What was acknowledged before the power went is there when it is back",
            "An answer lost after the hub's commit costs nothing but a retry",
        ],
        "B2": [
            "A whole message twice changes nothing the second time",
            "A request delivered twice counts once, whichever answer comes back",
            "Messages of three nodes late, twice, lost and crossed, in any order",
        ],
        "B3": [
            "A crash between any two steps loses nothing",
            "What was stored of a message before a failure stays",
        ],
        "B4": [
            "tries again although a long poll ended without news meanwhile",
            "waits as long as the hub asked although a long poll failed meanwhile",
            "One request when only the county changed",
        ],
        "B5": [
            "News from the hub and from a neighbour arrive without asking, within seconds",
            "Counties go on by themselves after the hub was restarted",
        ],
        "B6": [
            "A clone whose log is a beginning of the other's takes a new name, too",
            "A node that was just set up is still itself",
        ],
        "B7": ["goes on fetching while the hub has no room, and sends again by the timer"],
        "B9": [
            "waits as long as the hub asked although a long poll failed meanwhile",
            "sends less after a request that was too large",
        ],
        "B10": ["has its place and lane"],
        "B11": [
            "A decision about one field leaves a withdrawal open that its page did not show"
        ],
        "B12": ["It checks exported logs, and finds a byte that was changed"],
        "B8": [
            "Receipts that got lost are asked for later",
            "A receipt that the hub did not sign is not kept",
        ],
    ]
}
