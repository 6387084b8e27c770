import NIOCore
import NIOHTTP1

/// Stands behind the parser and tells the ``ConnectionGuard`` where requests, bodies and answers
/// begin and end.
final class RequestWatch: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What a route meets that waits for the rest of a body.
    struct CutShort: Error {}

    private let connection: ConnectionGuard
    private let rules: BoundedHTTP
    private var context: ChannelHandlerContext?
    /// Another request came behind a chunked body in the same read: the connection is closed after
    /// the answer, and what the parser makes of the rest goes nowhere.
    private var dropsRest = false

    init(connection: ConnectionGuard, rules: BoundedHTTP) {
        self.connection = connection
        self.rules = rules
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connection.attach(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.phase != .lingering, !dropsRest else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard connection.phase == .head else {
                dropsRest = true
                return connection.closeAfterAnswer()
            }
            read(head, context)
        case .body(let bytes):
            if connection.bodyCame(byteCount: bytes.readableBytes) { context.fireChannelRead(data) }
        case .end:
            connection.requestEnded { context.fireChannelRead(data) }
        }
    }

    private func read(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let isChunked = head.headers.contains(name: "transfer-encoding")
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        connection.headEnded(
            path: String(head.uri.prefix { $0 != "?" }),
            framing: isChunked ? .chunked : length > 0 ? .length(left: length) : nil,
            // After a wish for another protocol the parser would wait for that for ever.
            closes: !head.isKeepAlive || head.headers.contains(name: "upgrade"))
        if head.method == .TRACE || head.method == .CONNECT {
            return connection.refuse(.methodNotAllowed(rules.methods))
        }
        if length > rules.limits.bodyBytes, !rules.routesRefuseLargeBodies {
            return connection.refuse(.bodyTooLarge)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow: connection.refuse(.headTooLarge)
        case HTTPParserError.invalidEOFState: connection.refuse(.cutShort)
        case is HTTPParserError, is ByteToMessageDecoderError: connection.refuse(.malformed)
        // A broken line. Of the others nobody behind hears: they are answered.
        default: context.fireErrorCaught(error)
        }
    }

    /// The rest of a body will not come: who reads it must not take what came for the whole.
    func cutShort() { context?.fireErrorCaught(CutShort()) }

    func endInput() { context?.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where !head.status.isInformational:
            if connection.answerBegins() {
                head.headers.replaceOrAdd(name: "connection", value: "close")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            let taken = promise ?? context.eventLoop.makePromise(of: Void.self)
            taken.futureResult.assumeIsolated().whenComplete { [connection] _ in
                connection.answerTaken()
            }
            connection.answerWritten()
            context.write(data, promise: taken)
        default: context.write(data, promise: promise)
        }
    }
}

extension HTTPResponseStatus {
    fileprivate var isInformational: Bool { (100..<200).contains(code) }
}
