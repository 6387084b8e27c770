import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Bytes to a port of this machine and the HTTP answer that comes back, for what no client would
/// send: garbage, a request heard on the wire, a body that is too large.
public struct RawRequest: Sendable {
    public var head: String
    public var body: [UInt8]

    /// `headers`: without Host and Content-Length, which follow from the rest.
    public init(
        _ method: String, _ path: String, _ headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        head += "Content-Length: \(body.count)\r\n\r\n"
        self.body = body
    }

    /// The first request of what was heard on a wire; nil while it is not complete.
    public init?(heard bytes: [UInt8]) {
        guard let end = Self.headEnd(bytes) else { return nil }
        head = String(decoding: bytes[..<end], as: UTF8.self)
        guard let length = Self.field("content-length", head).flatMap({ Int($0) }),
            bytes.count >= end + length
        else { return nil }
        body = Array(bytes[end..<end + length])
    }

    public func header(_ name: String) -> String? { Self.field(name.lowercased(), head) }

    public struct Answer: Sendable {
        public let status: Int
        public let head: String
        public let body: [UInt8]
    }

    public static let timeoutSeconds = 20

    public func send(toPort port: Int, seconds: Int = timeoutSeconds) async throws -> Answer {
        let gathered = Gathered()
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { $0.pipeline.addHandler(gathered) }
            .connect(host: "127.0.0.1", port: port).get()
        defer { channel.close(promise: nil) }
        var bytes = ByteBuffer(string: head)
        bytes.writeBytes(body)
        // The other end may answer and close before it has read all of it.
        channel.writeAndFlush(bytes, promise: nil)
        return try await until(seconds: seconds, "port \(port) answers") {
            if let answer = Self.answer(gathered.bytes.withLock { $0 }) { return answer }
            guard channel.isActive || Self.answer(gathered.bytes.withLock { $0 }) != nil else {
                throw NodeProcess.Broken(description: "port \(port) closed without an answer")
            }
            return nil
        }
    }

    // MARK: Reading

    private static func answer(_ bytes: [UInt8]) -> Answer? {
        guard let end = headEnd(bytes) else { return nil }
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        let length = field("content-length", head).flatMap { Int($0) } ?? 0
        let words = head.split(separator: " ", maxSplits: 2)
        guard bytes.count >= end + length, words.count > 1, let status = Int(words[1]) else {
            return nil
        }
        return Answer(status: status, head: head, body: Array(bytes[end..<end + length]))
    }

    /// Where the body begins.
    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        Data(bytes).range(of: Data("\r\n\r\n".utf8))?.upperBound
    }

    private static func field(_ name: String, _ head: String) -> String? {
        for line in head.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name {
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }
}

private final class Gathered: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    let bytes = Mutex<[UInt8]>([])

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        bytes.withLock { $0 += buffer.readableBytesView }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

public enum Port {
    /// A port that nothing listens on at this moment.
    public static func free() async throws -> Int {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }

    /// One that the system hands out to nobody: free again after its node was killed.
    public static func lasting() async throws -> Int {
        for port in Array(20_000..<32_000).shuffled() {
            let bound = try? await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .bind(host: "127.0.0.1", port: port).get()
            guard let bound else { continue }
            try await bound.close()
            return port
        }
        throw NodeProcess.Broken(description: "every port from 20000 to 31999 is in use")
    }
}
