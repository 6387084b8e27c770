import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How one listener is bounded.
public struct BoundedHTTP: Sendable {
    public var limits: ListenerLimits
    /// What `Allow` says where no route was asked.
    public var methods: String
    /// The routes read Content-Length themselves and refuse with a signed answer.
    public var routesRefuseLargeBodies: Bool

    public init(limits: ListenerLimits, methods: String, routesRefuseLargeBodies: Bool) {
        self.limits = limits
        self.methods = methods
        self.routesRefuseLargeBodies = routesRefuseLargeBodies
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 with every connection behind a ``ConnectionGuard``. `roll`: of this listener only.
    public static func bounded(_ rules: BoundedHTTP, _ roll: ConnectionRoll) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            BoundedChannel(rules: rules, roll: roll, responder: responder)
        }
    }
}

/// Hummingbird's HTTP/1.1 channel with a guard before its parser and a watch behind it.
struct BoundedChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private static let unsentBytes = 128 * 1024

    private let rules: BoundedHTTP
    private let roll: ConnectionRoll
    private let http: HTTP1Channel

    init(
        rules: BoundedHTTP, roll: ConnectionRoll,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.rules = rules
        self.roll = roll
        let limits = rules.limits
        // The parser's own limits are the second line: the guard does not see the trailers of a
        // chunked body.
        http = HTTP1Channel(
            responder: responder,
            configuration: HTTP1Channel.Configuration(
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headBytes, maxHeaderListSize: limits.headBytes,
                    maxHeaderFieldCount: limits.headFields)))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            // What a slow reader takes shows only where the system keeps little that is not sent.
            try? channel.syncOptions?.setOption(
                .tcpOption(.init(rawValue: TCP_NOTSENT_LOWAT)), value: Self.unsentBytes)
            let pipeline = channel.pipeline.syncOperations
            let connection = ConnectionGuard(limits: rules.limits, roll: roll)
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(
                RequestWatch(connection: connection, rules: rules), position: .after(parser))
            try pipeline.addHandler(connection, position: .first)
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
