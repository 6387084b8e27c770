import Foundation

/// A program of this machine that a rehearsal of faults needs, such as `strace` or `mount`.
public struct Tool: Sendable {
    /// Why a fault cannot be rehearsed here.
    public struct Missing: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    public let path: String

    /// `package`: where Debian has it.
    public init(_ name: String, package: String) throws {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .map(String.init)
        // Tools for root are not on everybody's PATH.
        let found = (folders + ["/usr/sbin", "/sbin"]).map { $0 + "/" + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let found else {
            throw Missing(description: "\(name) is missing: apt-get install \(package)")
        }
        path = found
    }

    /// Runs it to its end; what it said if it failed.
    @discardableResult
    public func run(_ arguments: [String], input: String? = nil) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let (said, given) = (Pipe(), Pipe())
        process.standardOutput = said
        process.standardError = said
        process.standardInput = given
        try process.run()
        if let input { given.fileHandleForWriting.write(Data(input.utf8)) }
        try? given.fileHandleForWriting.close()
        let text = String(
            decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Missing(
                description: ([path] + arguments).joined(separator: " ") + " failed: " + text)
        }
        return text
    }

    public static func requireRoot() throws {
        guard geteuid() == 0 else { throw Missing(description: "not root") }
    }
}
