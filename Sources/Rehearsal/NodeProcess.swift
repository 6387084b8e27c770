import APIClient
import Foundation
import HTTPTypes
import Records

/// One node as a real process on this machine: its folder, its life and death, its API.
public actor NodeProcess {
    /// A rehearsal that did not go as it must.
    public struct Broken: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    public nonisolated let name: String
    public nonisolated let office: String
    public nonisolated let folder: String
    private let program: Program
    private let serveArguments: [String]
    private var process: Process?
    /// Of the last process that was stopped or killed.
    public private(set) var exitStatus: Int32?
    public private(set) var api: ServiceConnection?
    public private(set) var syncAddress: String?
    /// Ids of changes that the node acknowledged.
    public private(set) var accepted: [String] = []

    static let startSeconds = 30

    public init(
        name: String, office: String = "", folder: String, program: Program,
        serveArguments: [String]
    ) {
        self.name = name
        self.office = office
        self.folder = folder
        self.program = program
        self.serveArguments = serveArguments
    }

    // MARK: Process

    public var processID: Int32? { process?.processIdentifier }

    /// Returns once the node answers.
    public func start() async throws {
        let file = folder + "/service.json"
        try? FileManager.default.removeItem(atPath: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.path)
        process.arguments = ["serve", "--data", folder, "--log-level", "warning"] + serveArguments
        process.environment = program.environment
        process.standardOutput = FileHandle.nullDevice
        _ = FileManager.default.createFile(atPath: folder + "/serve.log", contents: nil)
        process.standardError = FileHandle(forWritingAtPath: folder + "/serve.log")
        try process.run()
        self.process = process
        let service = try await until(seconds: Self.startSeconds, "\(name) answers") {
            guard process.isRunning else {
                throw Broken(description: "\(self.name) ended; see serve.log")
            }
            return ServiceFile.read(folder: self.folder)
        }
        api = ServiceConnection(address: service.api)
        syncAddress = service.sync
        _ = try await get("/readyz")
    }

    public func kill() async throws {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        try await ended(process)
    }

    public func stop() async throws {
        guard let process, process.isRunning else { return }
        process.terminate()
        try await ended(process)
    }

    /// SIGSTOP and SIGCONT: a machine that is there and says nothing.
    public func signal(_ number: Int32) {
        if let process { Foundation.kill(process.processIdentifier, number) }
    }

    private func ended(_ process: Process) async throws {
        try await until(seconds: Self.startSeconds, "\(name) ends") {
            process.isRunning ? nil : true
        }
        exitStatus = process.terminationStatus
        self.process = nil
    }

    // MARK: API

    public func get(_ path: String) async throws -> APIAnswer { try await call(.get, path) }

    @discardableResult
    public func post(_ path: String, as user: String, token: String? = nil, _ body: JSON)
        async throws -> JSON
    {
        try await write(.post, path, user, token, body)
    }

    @discardableResult
    public func patch(_ path: String, as user: String, token: String, _ body: JSON) async throws
        -> JSON
    {
        try await write(.patch, path, user, token, body)
    }

    private func write(
        _ method: HTTPRequest.Method, _ path: String, _ user: String, _ token: String?, _ body: JSON
    ) async throws -> JSON {
        let answer = try await call(method, path, user: user, token: token, body: body).json
        if let change = answer["change"]?.string { accepted.append(change) }
        return answer
    }

    /// The answer, whatever its status.
    public func ask(
        _ method: String, _ path: String, as user: String? = nil, token: String? = nil,
        _ body: JSON? = nil
    ) async throws -> APIAnswer {
        guard let api else { throw Broken(description: "\(name) is not running") }
        guard let method = HTTPRequest.Method(rawValue: method) else {
            throw Broken(description: "\(method) is no method")
        }
        return try await api.send(method, path, user: user, token: token, body: body)
    }

    private func call(
        _ method: HTTPRequest.Method, _ path: String, user: String? = nil, token: String? = nil,
        body: JSON? = nil
    ) async throws -> APIAnswer {
        guard let api else { throw Broken(description: "\(name) is not running") }
        let answer = try await api.send(method, path, user: user, token: token, body: body)
        guard answer.status < 400 else {
            throw Broken(
                description: "\(name): \(method) \(path) answered \(answer.status): "
                    + String(decoding: answer.body, as: UTF8.self))
        }
        return answer
    }

    /// Reads a record and edits what it shows, as a form does.
    @discardableResult
    public func edit(_ path: String, as user: String, reason: String, _ fields: JSON) async throws
        -> JSON
    {
        let token = try await get(path).token ?? ""
        return try await patch(
            path + "?reason=\(reason.queryEscaped)", as: user, token: token, fields)
    }
}

/// Waits for a condition, a little at a time; never for a duration.
@discardableResult
public func until<T>(
    seconds: Int, _ what: String, _ condition: () async throws -> T?
) async throws -> T {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
        if let value = try await condition() { return value }
        guard ContinuousClock.now < deadline else {
            throw NodeProcess.Broken(description: "waited \(seconds) s in vain until \(what)")
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
