import NIOCore
import NIOPosix
import Synchronization

/// The line between one county and the hub: a TCP proxy on loopback that can be down, up, slow, or
/// cut at a named byte of either direction.
public final class Link: Sendable {
    public enum Direction: Sendable { case fromCounty, fromHub }

    private struct Cut {
        let direction: Direction
        var bytesLeft: Int
        let then: @Sendable () -> Void
    }

    private struct State {
        var isUp = false
        var cut: Cut?
        var delays: [Direction: TimeAmount] = [:]
        var open: [ObjectIdentifier: any Channel] = [:]
        var heard = ByteBuffer()
        var passedBytes = 0
    }

    private let state = Mutex(State())
    private let connect: @Sendable (ClientBootstrap) -> EventLoopFuture<any Channel>
    private let listener = Mutex<(any Channel)?>(nil)

    static let heardBytes = 64 * 1024

    private init(connect: @escaping @Sendable (ClientBootstrap) -> EventLoopFuture<any Channel>) {
        self.connect = connect
    }

    /// Down at first. `port`: where it listens; 0 for a free one.
    public static func open(toHubPort hubPort: Int, at port: Int = 0) async throws -> Link {
        try await open(at: port) { $0.connect(host: "127.0.0.1", port: hubPort) }
    }

    /// `connect`: makes the far side of each connection.
    static func open(
        at port: Int = 0,
        connect: @escaping @Sendable (ClientBootstrap) -> EventLoopFuture<any Channel>
    ) async throws -> Link {
        let link = Link(connect: connect)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            // Connections of an earlier line at the same port may not be over for the system.
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { county in link.accept(county) }
            .bind(host: "127.0.0.1", port: port).get()
        link.listener.withLock { $0 = channel }
        return link
    }

    public var port: Int { listener.withLock { $0?.localAddress?.port } ?? 0 }

    /// The first bytes that the county sent since the line was last put up, as on a tapped wire.
    public var heard: [UInt8] { state.withLock { Array($0.heard.readableBytesView) } }

    /// All bytes of both directions until now.
    public var passedBytes: Int { state.withLock { $0.passedBytes } }

    // MARK: Switching

    public func up() { up(cut: nil) }

    /// Up, but cut after so many bytes of one direction, counted over all connections from now on.
    public func up(
        cutAfterBytes bytes: Int, direction: Direction = .fromCounty,
        onCut: @escaping @Sendable () -> Void
    ) {
        up(cut: Cut(direction: direction, bytesLeft: bytes, then: onCut))
    }

    private func up(cut: Cut?) {
        state.withLock { state in
            state.isUp = true
            state.cut = cut
            state.heard.clear()
        }
    }

    /// Whatever goes this way arrives so much later, until told otherwise.
    public func delay(_ direction: Direction, milliseconds: Int64) {
        state.withLock { $0.delays[direction] = .milliseconds(milliseconds) }
    }

    fileprivate func delay(_ direction: Direction) -> TimeAmount {
        state.withLock { $0.delays[direction] ?? .zero }
    }

    public func down() {
        let open = state.withLock { state in
            state.isUp = false
            state.cut = nil
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for channel in open { channel.close(promise: nil) }
    }

    public func close() async throws {
        down()
        try await listener.withLock { $0 }?.close()
    }

    // MARK: Passing bytes

    private func accept(_ county: any Channel) -> EventLoopFuture<Void> {
        guard state.withLock({ $0.isUp }) else { return county.close() }
        let fromCounty = Passage(self, .fromCounty)
        let fromHub = Passage(self, .fromHub)
        let bootstrap = ClientBootstrap(group: county.eventLoop)
            .channelOption(.autoRead, value: false)
            .channelInitializer { hub in hub.pipeline.addHandler(fromHub) }
        return connect(bootstrap).flatMap { [self] hub in
            fromCounty.other = hub
            fromHub.other = county
            remember(county)
            remember(hub)
            return county.pipeline.addHandler(fromCounty).flatMap {
                county.setOption(.autoRead, value: true).and(hub.setOption(.autoRead, value: true))
                    .map { _ in }
            }
        }
    }

    private func remember(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isUp = state.withLock { state in
            state.open[id] = channel
            return state.isUp
        }
        channel.closeFuture.whenComplete { [weak self] _ in
            _ = self?.state.withLock { $0.open.removeValue(forKey: id) }
        }
        // It went down while this connection was being made.
        if !isUp { channel.close(promise: nil) }
    }

    /// What of these bytes still passes, and what to do if the line is cut by them.
    fileprivate func pass(
        _ bytes: ByteBuffer, _ direction: Direction
    ) -> (passed: ByteBuffer, onCut: (@Sendable () -> Void)?) {
        state.withLock { state in
            guard state.isUp else { return (ByteBuffer(), nil) }
            state.passedBytes += bytes.readableBytes
            if direction == .fromCounty, state.heard.readableBytes < Self.heardBytes {
                state.heard.writeImmutableBuffer(bytes)
            }
            guard let cut = state.cut, cut.direction == direction else { return (bytes, nil) }
            guard bytes.readableBytes >= cut.bytesLeft else {
                state.cut?.bytesLeft -= bytes.readableBytes
                return (bytes, nil)
            }
            state.cut = nil
            state.isUp = false
            let passed = bytes.getSlice(at: bytes.readerIndex, length: cut.bytesLeft)
            return (passed ?? ByteBuffer(), cut.then)
        }
    }
}

/// One direction of a connection. Used on one event loop only, which both channels share.
private final class Passage: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    private let link: Link
    private let direction: Link.Direction
    var other: (any Channel)?
    private var lastDue = NIODeadline.uptimeNanoseconds(0)

    init(_ link: Link, _ direction: Link.Direction) {
        self.link = link
        self.direction = direction
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let (passed, onCut) = link.pass(unwrapInboundIn(data), direction)
        later(context) { [self] in
            let written = other?.writeAndFlush(passed)
            guard let onCut else { return }
            // A cut line dies on both ends, with what had passed on its way.
            let end: @Sendable (Result<Void, any Error>) -> Void = { [link] _ in
                link.down()
                onCut()
            }
            if let written { written.whenComplete(end) } else { end(.success(())) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        later(context) { [self] in other?.close(promise: nil) }
    }

    /// After the delay of this direction, and never before what came earlier.
    private func later(_ context: ChannelHandlerContext, _ work: @escaping @Sendable () -> Void) {
        let due = max(lastDue, .now() + link.delay(direction))
        if due <= .now(), lastDue <= .now() { return work() }
        lastDue = due
        context.eventLoop.scheduleTask(deadline: due, work)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
