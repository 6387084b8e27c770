import NIOCore
import NIOPosix
import Synchronization

/// A line to the hub that understands requests: one can be sent twice, late, or after its retry,
/// and an answer can be lost or go to another request. TCP keeps bytes in order; what overtakes
/// and doubles on real ways are requests on several connections, at proxies that try again.
public final class RequestLine: Sendable {
    public typealias Answer = RawRequest.Answer
    /// What becomes of a request: the answer that the asker gets; nil closes its connection.
    public typealias Treatment = @Sendable (RawRequest, Hub) async throws -> Answer?

    /// The far end.
    public struct Hub: Sendable {
        let port: Int

        /// Longer than a long poll without news.
        static let silenceSeconds = 60

        public func answer(_ request: RawRequest) async throws -> Answer {
            try await request.send(toPort: port, seconds: Self.silenceSeconds)
        }
    }

    private struct State {
        var hub = Hub(port: 0)
        var treatment: Treatment = RequestLine.pass
    }

    public static let pass: Treatment = { request, hub in try await hub.answer(request) }

    private let state = Mutex(State())
    private let listener = Mutex<(any Channel)?>(nil)

    private init() {}

    public static func open() async throws -> RequestLine {
        let line = RequestLine()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { asker in
                asker.pipeline.addHandler(Reception { line.take($0, from: asker) })
            }
            .bind(host: "127.0.0.1", port: 0).get()
        line.listener.withLock { $0 = channel }
        return line
    }

    public var port: Int { listener.withLock { $0?.localAddress?.port } ?? 0 }

    public func lead(toHubPort port: Int) { state.withLock { $0.hub = Hub(port: port) } }

    /// From now on; for what is on its way already, the one before.
    public func treat(_ treatment: @escaping Treatment) {
        state.withLock { $0.treatment = treatment }
    }

    public func close() async throws { try await listener.withLock { $0 }?.close() }

    private func take(_ request: RawRequest, from asker: any Channel) {
        let (treatment, hub) = state.withLock { ($0.treatment, $0.hub) }
        Task {
            guard let answer = try? await treatment(request, hub) else {
                asker.close(promise: nil)
                return
            }
            var bytes = ByteBuffer(string: answer.head)
            bytes.writeBytes(answer.body)
            asker.writeAndFlush(bytes, promise: nil)
        }
    }
}

extension RawRequest {
    public var path: String {
        let words = head.split(separator: " ", maxSplits: 2)
        return words.count > 1 ? String(words[1]) : ""
    }
}

/// Gathers bytes until they are a request. Clients here send one after the other.
private final class Reception: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer

    // Used on the channel's event loop only.
    private var heard: [UInt8] = []
    private let take: (RawRequest) -> Void

    init(_ take: @escaping (RawRequest) -> Void) { self.take = take }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard += unwrapInboundIn(data).readableBytesView
        guard let request = RawRequest(heard: heard) else { return }
        heard = []
        take(request)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
