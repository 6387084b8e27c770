import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A socket that sends what it is told and keeps what it hears.
final class RawClient: Sendable {
    private let channel: any Channel
    private let heard: Heard

    /// `reads`: by itself, or as often and little as ``read()`` is called. `room`: what the system
    /// receives meanwhile.
    init(
        port: Int, from address: String? = nil, reads: Bool = true, room: Int? = nil
    ) async throws {
        let heard = Heard()
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { $0.pipeline.addHandler(heard) }
        if let address {
            bootstrap = bootstrap.bind(to: try SocketAddress(ipAddress: address, port: 0))
        }
        if !reads {
            bootstrap =
                bootstrap
                .channelOption(.maxMessagesPerRead, value: 1)
                .channelOption(
                    .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 32 * 1024))
        }
        if let room {
            bootstrap = bootstrap.channelOption(
                .socketOption(.so_rcvbuf), value: numericCast(room))
        }
        self.heard = heard
        channel = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
    }

    struct Answer {
        let status: Int
        let head: String
        let body: String
        let byteCount: Int

        var problem: String? {
            body.split(separator: "problems/").last.map { String($0.prefix { $0 != "\"" }) }
        }

        func field(_ name: String) -> String? {
            for line in head.split(separator: "\r\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                    return parts[1].trimmingCharacters(in: .whitespaces)
                }
            }
            return nil
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Reads once, where it does not read by itself.
    func read() { channel.read() }

    /// Ends the connection without a word, as a machine does that was switched off and on.
    func reset() {
        let abort = linger(l_onoff: 1, l_linger: 0)
        (channel as? any SocketOptionProvider)?.setSoLinger(abort)
            .whenComplete { [channel] _ in channel.close(promise: nil) }
    }

    /// Sends no more, but goes on reading.
    func finish() { channel.close(mode: .output, promise: nil) }

    func close() { channel.close(promise: nil) }

    /// The other side sends no more.
    var isEnded: Bool { heard.state.withLock { $0.isEnded } }
    var byteCount: Int { heard.state.withLock { $0.bytes.count } }

    /// The next answer, taken out of what was heard.
    func answer() async throws -> Answer {
        var answer: Answer?
        try await eventually("an answer comes") {
            let isEnded: Bool
            (answer, isEnded) = heard.state.withLock { (Self.answer(&$0.bytes), $0.isEnded) }
            if answer == nil, isEnded { throw NeverCame(what: "the connection ended instead") }
            return answer != nil
        }
        guard let answer else { throw NeverCame(what: "an answer") }
        return answer
    }

    func untilEnded() async throws {
        try await eventually("the connection is closed") { isEnded }
    }

    private static func answer(_ bytes: inout [UInt8]) -> Answer? {
        let start = Data(bytes.prefix(32 * 1024))
        guard let end = start.range(of: Data("\r\n\r\n".utf8))?.upperBound else { return nil }
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        let words = head.split(separator: " ", maxSplits: 2)
        guard words.count > 1, let status = Int(words[1]) else { return nil }
        let bare = Answer(status: status, head: head, body: "", byteCount: 0)
        let length = bare.field("content-length").flatMap { Int($0) } ?? 0
        guard bytes.count >= end + length else { return nil }
        let body = bytes[end..<end + length]
        bytes.removeFirst(end + length)
        return Answer(
            status: status, head: head, body: String(decoding: body, as: UTF8.self),
            byteCount: length)
    }
}

private final class Heard: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    let state = Mutex<(bytes: [UInt8], isEnded: Bool)>(([], false))

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        state.withLock { $0.bytes += buffer.readableBytesView }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { state.withLock { $0.isEnded = true } }
    }

    func channelInactive(context: ChannelHandlerContext) { state.withLock { $0.isEnded = true } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        state.withLock { $0.isEnded = true }
        context.close(promise: nil)
    }
}
