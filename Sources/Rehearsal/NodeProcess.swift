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
    private let namespace: NetworkNamespace?
    /// Into the namespace.
    private var apiLink: Link?
    private var process: Process?
    /// Of the last process that ended.
    public private(set) var exitStatus: Int32?
    /// The last process ended by a signal: a crash, or a kill.
    public private(set) var isEndedBySignal = false
    public private(set) var api: ServiceConnection?
    public private(set) var syncAddress: String?
    /// Ids of changes that the node acknowledged.
    public private(set) var accepted: [String] = []

    static let startSeconds = 30

    public init(
        name: String, office: String = "", folder: String, program: Program,
        serveArguments: [String], namespace: NetworkNamespace? = nil
    ) {
        self.name = name
        self.office = office
        self.folder = folder
        self.program = program
        self.serveArguments = serveArguments
        self.namespace = namespace
    }

    // MARK: Process

    public var processID: Int32? { process?.processIdentifier }

    /// What it wrote to standard error since it was started.
    public nonisolated var log: String {
        let bytes = FileManager.default.contents(atPath: folder + "/serve.log") ?? Data()
        return String(decoding: bytes, as: UTF8.self)
    }

    public var isRunning: Bool { process?.isRunning ?? false }

    /// Nobody here stopped it, and it is gone.
    public var hasEndedByItself: Bool { process.map { !$0.isRunning } ?? false }

    /// Returns once the node answers. `wrapper`: a command that runs the program and becomes it,
    /// so that the process is still the node's.
    public func start(under wrapper: [String] = []) async throws {
        // Its old port is nobody's now.
        api = nil
        let file = folder + "/service.json"
        try? FileManager.default.removeItem(atPath: file)
        let command =
            (namespace?.wrapper ?? []) + wrapper
            + [program.path, "serve", "--data", folder, "--log-level", "warning"] + serveArguments
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = program.environment
        process.standardOutput = FileHandle.nullDevice
        _ = FileManager.default.createFile(atPath: folder + "/serve.log", contents: nil)
        let log = FileHandle(forWritingAtPath: folder + "/serve.log")
        process.standardError = log
        try process.run()
        // The node has it now; kept open here it would hold the disk that the folder is on.
        try log?.close()
        self.process = process
        let service = try await until(seconds: Self.startSeconds, "\(name) answers") {
            guard process.isRunning else {
                self.note(process)
                throw Broken(description: "\(self.name) ended; see serve.log")
            }
            return ServiceFile.read(folder: self.folder)
        }
        try await apiLink?.close()
        apiLink = try await namespace?.link(to: service.api)
        api = ServiceConnection(
            address: apiLink.map { "http://127.0.0.1:\($0.port)" } ?? service.api)
        syncAddress = service.sync
        _ = try await get("/readyz")
    }

    public func kill() async throws {
        guard let process else { return }
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        try await ended(process)
    }

    public func stop() async throws {
        guard let process else { return }
        if process.isRunning { process.terminate() }
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
        note(process)
    }

    private func note(_ process: Process) {
        exitStatus = process.terminationStatus
        isEndedBySignal = process.terminationReason == .uncaughtSignal
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
        try await call(method, path, user: user, token: token, body: body).json
    }

    /// A power cut took what was acknowledged after it: who heard that was cut off, too.
    public func forgetAccepted(after count: Int) {
        accepted.removeLast(max(0, accepted.count - count))
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
        let answer = try await whileRunning {
            try await api.send(method, path, user: user, token: token, body: body)
        }
        if method != .get, answer.status < 300, let change = answer.json["change"]?.string {
            accepted.append(change)
        }
        return answer
    }

    static let lastWordsMilliseconds = 300

    /// A client goes on trying to connect for minutes; nobody answers once the process is gone.
    private func whileRunning(
        _ asked: @escaping @Sendable () async throws -> APIAnswer
    ) async throws -> APIAnswer {
        let answering = processID
        return try await withThrowingTaskGroup(of: APIAnswer?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await asked() }
            group.addTask { [self] in
                // Another one may run by the time that this looks.
                while await isRunning, await processID == answering {
                    try await Task.sleep(for: .milliseconds(50))
                }
                // What it said before it went may be on its way still.
                try await Task.sleep(for: .milliseconds(Self.lastWordsMilliseconds))
                return nil
            }
            guard let answer = try await group.next() ?? nil else {
                throw Broken(description: "\(name) ended before it answered")
            }
            return answer
        }
    }

    private func call(
        _ method: HTTPRequest.Method, _ path: String, user: String? = nil, token: String? = nil,
        body: JSON? = nil
    ) async throws -> APIAnswer {
        let answer = try await ask(method.rawValue, path, as: user, token: token, body)
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
