import Foundation
import FuzzEntry
import Testing

// What the fuzzers found once, and what they start from, stays passed: the same functions over the
// files of `Fuzz/Crashers` and `Fuzz/Corpus`.

@Suite struct `Inputs of the fuzzers` {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzz")

    private static func files(_ kind: String, _ target: FuzzTarget) -> [URL] {
        let folder = folder.appendingPathComponent("\(kind)/\(target.rawValue)")
        let found = try? FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        return (found ?? []).sorted { $0.path < $1.path }
    }

    private func run(_ file: URL, _ target: FuzzTarget) throws {
        let bytes = Array(try Data(contentsOf: file))
        do throws(Violation) { try target.run(bytes) } catch {
            Issue.record("\(target.rawValue) \(file.lastPathComponent): \(error)")
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `that once failed`(target: FuzzTarget) throws {
        for file in Self.files("Crashers", target) { try run(file, target) }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `that they start from`(target: FuzzTarget) throws {
        let files = Self.files("Corpus", target)
        #expect(!files.isEmpty, "no corpus for \(target.rawValue)")
        for file in files { try run(file, target) }
    }
}
