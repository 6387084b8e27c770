import Foundation
import Rehearsal
import Testing

/// Real processes, real ports, one test at a time.
@Suite(.serialized)
enum EndToEnd {
    /// The binary that was built with these tests, or the one that CREDITSYNC_BIN names.
    static let program: Program = {
        if let path = ProcessInfo.processInfo.environment["CREDITSYNC_BIN"] {
            return Program(path: path)
        }
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let places = [folder, beside, Bundle.main.bundleURL]
            .map { $0.appendingPathComponent("creditsync").path }
        let found = places.first { FileManager.default.isExecutableFile(atPath: $0) }
        return Program(path: found ?? "creditsync")
    }()
}

/// Runs the work for all at once, and waits for all.
func together<Element: Sendable>(
    _ elements: [Element], _ work: @escaping @Sendable (Element) async throws -> Void
) async throws {
    try await withThrowingTaskGroup { group in
        for element in elements { group.addTask { try await work(element) } }
        try await group.waitForAll()
    }
}
