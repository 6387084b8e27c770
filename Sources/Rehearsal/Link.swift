import NIOCore
import NIOPosix
import Synchronization

/// The line between one county and the hub: a TCP proxy on loopback that can be down, up, or cut
/// at a named byte.
public final class Link: Sendable {
    private struct State {
        var isUp = false
        /// Bytes that still pass from the county before the line is cut.
        var bytesUntilCut: Int?
        var open: [ObjectIdentifier: any Channel] = [:]
        var onCut: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let hubPort: Int
    private let listener = Mutex<(any Channel)?>(nil)

    private init(hubPort: Int) { self.hubPort = hubPort }

    /// Listens on a free port, down at first.
    public static func open(toHubPort hubPort: Int) async throws -> Link {
        let link = Link(hubPort: hubPort)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { county in link.accept(county) }
            .bind(host: "127.0.0.1", port: 0).get()
        link.listener.withLock { $0 = channel }
        return link
    }

    public var port: Int { listener.withLock { $0?.localAddress?.port } ?? 0 }

    // MARK: Switching

    public func up() { state.withLock { $0.isUp = true } }

    /// Up, but cut after so many bytes from the county.
    public func up(cutAfterBytes bytes: Int, onCut: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.isUp = true
            state.bytesUntilCut = bytes
            state.onCut = onCut
        }
    }

    public func down() {
        let open = state.withLock { state in
            state.isUp = false
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
        let fromCounty = Passage { [self] in pass($0) }
        let fromHub = Passage { $0 }
        let bootstrap = ClientBootstrap(group: county.eventLoop)
            .channelOption(.autoRead, value: false)
            .channelInitializer { hub in hub.pipeline.addHandler(fromHub) }
        return bootstrap.connect(host: "127.0.0.1", port: hubPort).flatMap { [self] hub in
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
        state.withLock { $0.open[id] = channel }
        channel.closeFuture.whenComplete { [weak self] _ in
            _ = self?.state.withLock { $0.open.removeValue(forKey: id) }
        }
    }

    /// What of these bytes still passes.
    private func pass(_ bytes: ByteBuffer) -> ByteBuffer {
        let (passed, onCut) = state.withLock { state -> (ByteBuffer, (@Sendable () -> Void)?) in
            guard let left = state.bytesUntilCut else { return (bytes, nil) }
            guard bytes.readableBytes >= left else {
                state.bytesUntilCut = left - bytes.readableBytes
                return (bytes, nil)
            }
            state.bytesUntilCut = nil
            state.isUp = false
            return (
                bytes.getSlice(at: bytes.readerIndex, length: left) ?? ByteBuffer(), state.onCut
            )
        }
        onCut?()
        return passed
    }
}

/// One direction of a connection. Used on one event loop only, which both channels share.
private final class Passage: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    private let filter: @Sendable (ByteBuffer) -> ByteBuffer
    var other: (any Channel)?

    init(_ filter: @escaping @Sendable (ByteBuffer) -> ByteBuffer) { self.filter = filter }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        let passed = filter(bytes)
        other?.writeAndFlush(passed, promise: nil)
        // A cut line dies on both ends, with what had passed on its way.
        if passed.readableBytes < bytes.readableBytes { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { other?.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
