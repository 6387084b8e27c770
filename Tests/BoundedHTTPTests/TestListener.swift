import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import BoundedHTTP

/// A bounded listener in this process, with small limits and routes for the purpose.
struct TestListener: Sendable {
    let port: Int
    let log: LogLines
    let roll: ConnectionRoll
    let gate: OpenGate
    /// Bodies that a route took for complete.
    let bodies: Bodies
    /// Asks the service to stop.
    let stop: @Sendable () async -> Void

    /// Small enough to be met, large enough for what a test does not mean to meet.
    static var limits: ListenerLimits {
        var limits = ListenerLimits()
        limits.lingerMilliseconds = 500
        return limits
    }

    static func with(
        _ limits: ListenerLimits = TestListener.limits, routesRefuseLargeBodies: Bool = false,
        _ work: @Sendable (TestListener) async throws -> Void
    ) async throws {
        let (gate, bodies) = (OpenGate(), Bodies())
        let router = Router()
        router.get("hello") { _, _ in "hello" }
        router.get("large") { _, _ in ByteBuffer(repeating: 0x61, count: 16 << 20) }
        router.get("wait") { _, _ in
            await gate.wait()
            return "waited"
        }
        router.post("body") { request, _ in
            let body = try await request.body.collect(upTo: limits.bodyBytes)
            bodies.add(body.readableBytes)
            return "\(body.readableBytes)"
        }
        router.post("kept") { request, _ in
            let body = try await request.body.collect(upTo: limits.bodyBytes)
            await gate.wait()
            return "\(body.readableBytes)"
        }
        router.post("late") { request, _ in
            await gate.wait()
            return "\(try await request.body.collect(upTo: limits.bodyBytes).readableBytes)"
        }
        router.post("unread") { _, _ in HTTPResponse.Status.unauthorized }
        let rules = BoundedHTTP(
            limits: limits, methods: "GET, POST",
            routesRefuseLargeBodies: routesRefuseLargeBodies)
        let log = LogLines()
        let roll = ConnectionRoll(limits: limits, logger: log.logger, clock: { 0 })
        try await with(router, rules, roll, log.logger) { port, stop in
            let listener = TestListener(
                port: port, log: log, roll: roll, gate: gate, bodies: bodies, stop: stop)
            // Also where the test failed: a stop waits for answers.
            defer { gate.open() }
            try await work(listener)
            gate.open()
            try await eventually("every connection is gone") { roll.counts == (0, 0) }
        }
    }

    static func with(
        _ router: Router<
            some RequestContext & InitializableFromSource<ApplicationRequestContextSource>
        >,
        _ rules: BoundedHTTP, _ roll: ConnectionRoll, _ logger: Logger,
        _ work:
            @Sendable (_ port: Int, _ stop: @escaping @Sendable () async -> Void) async throws
            -> Void
    ) async throws {
        let (ports, found) = AsyncStream<Int>.makeStream()
        let app = Application(
            router: router,
            server: HTTPServerBuilder { BoundedChannel(rules: rules, roll: roll, responder: $0) },
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let group = ServiceGroup(
            configuration: .init(services: [app], logger: logger))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            let result: Result<Void, any Error>
            do {
                try await work(port) { await group.triggerGracefulShutdown() }
                result = .success(())
            } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    func client(from address: String? = nil) async throws -> RawClient {
        try await RawClient(port: port, from: address)
    }

    /// The service still serves others.
    func expectServes(_ location: SourceLocation = #_sourceLocation) async throws {
        let client = try await client()
        client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = try await client.answer()
        #expect(answer.status == 200, sourceLocation: location)
        client.close()
    }
}

/// Holds answers back until a test opens it.
final class OpenGate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>(
        (false, []))

    var waiting: Int { state.withLock { $0.waiting.count } }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

final class Bodies: Sendable {
    private let sizes = Mutex<[Int]>([])

    func add(_ size: Int) { sizes.withLock { $0.append(size) } }
    var all: [Int] { sizes.withLock { $0 } }
}

/// What was logged, as `message problem=… path=…`.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(lines: self) }
        logger.logLevel = .notice
        return logger
    }

    /// The problems of refused requests, in order.
    var refused: [String] {
        lines.withLock { $0 }.filter { $0.hasPrefix("request refused ") }
            .map { String($0.dropFirst("request refused ".count)) }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.notice

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            guard event.level >= .notice else { return }
            let told = (event.metadata ?? [:]).sorted { $0.key < $1.key }
                .filter { $0.key != "address" && $0.key != "status" && $0.key != "hb.request.id" }
                .map { "\($0.key)=\($0.value)" }
            let line = (["\(event.message)"] + told).joined(separator: " ")
            lines.lines.withLock { $0.append(line) }
        }
    }
}

/// Waits for a condition, at most half a minute.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw NeverCame(what: what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

struct NeverCame: Error {
    let what: String
}
