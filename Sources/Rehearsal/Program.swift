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

    var environment: [String: String] {
        ProcessInfo.processInfo.environment.merging(extraEnvironment) { _, extra in extra }
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
