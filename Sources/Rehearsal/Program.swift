import APIClient
import Foundation
import Records

/// The `creditsync` binary, and the environment in which its processes run.
public struct Program: Sendable {
    public let path: String
    /// Added to this process's own.
    public let extraEnvironment: [String: String]

    public init(path: String, extraEnvironment: [String: String] = [:]) {
        self.path = path
        self.extraEnvironment = extraEnvironment
    }

    /// The program that is running now.
    public static var current: Program {
        Program(path: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path)
    }

    /// The product of the same build as the program that is running now.
    public static var beside: Program {
        let folder = URL(fileURLWithPath: current.path).deletingLastPathComponent()
        return Program(path: folder.appendingPathComponent("creditsync").path)
    }

    var environment: [String: String] {
        ProcessInfo.processInfo.environment.merging(extraEnvironment) { _, extra in extra }
    }

    /// How a command ended, and what it printed.
    public struct Ending: Sendable {
        public let status: Int32
        public let output: String
        public let errors: String
    }

    static let endSeconds = 60

    /// Runs a command to its end, whatever that is.
    public func end(of arguments: [String]) async throws -> Ending {
        let files = ["out", "err"].map { kind in
            FileManager.default.temporaryDirectory.path + "/creditsync-\(UUID()).\(kind)"
        }
        defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
        for file in files { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        try process.run()
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        try await until(seconds: Self.endSeconds, "creditsync \(arguments[0]) ends") {
            process.isRunning ? nil : true
        }
        let texts = files.map { file in
            String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
        }
        return Ending(status: process.terminationStatus, output: texts[0], errors: texts[1])
    }

    /// Runs a command to its end, and gives what it printed as JSON.
    @discardableResult
    public func run(_ arguments: [String]) throws -> JSON {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw NodeProcess.Broken(
                description: "creditsync \(arguments[0]) ended with \(process.terminationStatus)")
        }
        return JSON(decoding: Array(data)) ?? .null
    }
}
