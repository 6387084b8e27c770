import Access
import BoundedHTTP
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Store
import SyncCore
import UnixSignals

/// The running process: API and pages on loopback, sync routes where they are wanted, the sync
/// loop of a county.
public struct NodeServer {
    public struct Listener: Sendable {
        public let host: String
        public let port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// The API may not be reached from elsewhere until accounts exist.
    public struct NotLoopback: Error, Sendable {
        public let host: String
    }

    /// For exchanges and answers that are under way. Whatever is cut then is sent again.
    private static let longestStop = Duration.seconds(30)

    private let node: Node
    private let router: Router<APIContext>
    private let api: Listener
    private let sync: Listener?
    private let limits: ListenerLimits
    private let onReady: @Sendable (_ apiPort: Int?, _ syncPort: Int?) -> Void

    /// `limits`: of each listener, but for the size of a body at the API's.
    public init(
        _ node: Node, router: Router<APIContext>, api: Listener, sync: Listener?,
        limits: ListenerLimits = ListenerLimits(),
        onReady: @escaping @Sendable (_ apiPort: Int?, _ syncPort: Int?) -> Void
    ) throws {
        guard LoopbackRule.allows(host: api.host) else { throw NotLoopback(host: api.host) }
        self.node = node
        self.router = router
        self.api = api
        self.sync = sync
        self.limits = limits
        self.onReady = onReady
    }

    public func run() async throws {
        let ready = ReadyPorts(expected: sync == nil ? 1 : 2, onReady)
        var services: [any ServiceLifecycle.Service] = []
        services.append(
            Application(
                router: router, server: .bounded(apiRules, roll(apiRules)),
                configuration: .init(address: .hostname(api.host, port: api.port)),
                onServerRunning: { await ready.note(api: $0.localAddress?.port) },
                logger: node.logger))
        if let sync {
            let roll = roll(syncRules)
            services.append(
                Application(
                    router: node.syncRouter(limits: limits, roll),
                    server: .bounded(syncRules, roll),
                    configuration: .init(address: .hostname(sync.host, port: sync.port)),
                    onServerRunning: { await ready.note(sync: $0.localAddress?.port) },
                    logger: node.logger))
        }
        if let loop = SyncLoop(node) { services.append(loop) }
        services.append(PollCloser(node: node))
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: node.logger)
        configuration.maximumGracefulShutdownDuration = Self.longestStop
        try await ServiceGroup(configuration: configuration).run()
        try node.store.close()
    }
}

extension NodeServer {
    private var apiRules: BoundedHTTP {
        var limits = limits
        limits.bodyBytes = Request.bodyBytes
        // Nobody proves anything there, and all are on this machine.
        limits.unprovenBodiesBytes = limits.bodiesBytes
        limits.unprovenBodiesPerAddressBytes = limits.bodiesPerAddressBytes
        return BoundedHTTP(
            limits: limits, methods: "GET, HEAD, POST, PATCH", routesRefuseLargeBodies: false)
    }

    private var syncRules: BoundedHTTP {
        BoundedHTTP(limits: limits, methods: "POST", routesRefuseLargeBodies: true)
    }

    private func roll(_ rules: BoundedHTTP) -> ConnectionRoll {
        ConnectionRoll(limits: rules.limits, logger: node.logger, clock: node.store.clock)
    }
}

/// Ends long polls and waits for a sync when the process is asked to stop, which would otherwise
/// wait for them.
private struct PollCloser: ServiceLifecycle.Service {
    let node: Node

    func run() async throws {
        try? await gracefulShutdown()
        node.news.finish()
        node.monitor.finish()
    }
}

/// Reports once both listeners are bound.
private actor ReadyPorts {
    private let expected: Int
    private let onReady: @Sendable (Int?, Int?) -> Void
    private var api: Int?
    private var sync: Int?
    private var bound = 0

    init(expected: Int, _ onReady: @escaping @Sendable (Int?, Int?) -> Void) {
        self.expected = expected
        self.onReady = onReady
    }

    func note(api port: Int?) {
        api = port
        count()
    }

    func note(sync port: Int?) {
        sync = port
        count()
    }

    private func count() {
        bound += 1
        if bound == expected { onReady(api, sync) }
    }
}
