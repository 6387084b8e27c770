import Logging
import NIOCore

/// Stands before the parser on every connection: counts bytes and time, and lets one request
/// through at a time.
///
/// It measures heads itself and is told by ``RequestWatch``, which stands behind the parser, where
/// heads, bodies and answers begin and end. Bytes of the next request wait here until the answer
/// is taken, so a client that sends ahead fills its own socket and nothing else.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    enum Framing: Equatable {
        case length(left: Int)
        case chunked
    }

    enum Phase: Equatable {
        /// Waits for the first byte of a head.
        case idle
        case head
        case body(Framing)
        /// The request is complete; its answer is not yet taken.
        case answering
        /// Nothing is read or answered any more; what still comes is dropped.
        case lingering
    }

    let limits: ListenerLimits
    let roll: ConnectionRoll
    let logger: Logger
    var phase = Phase.idle
    var context: ChannelHandlerContext?
    var address = SourceAddress(nil)
    var isAdmitted = false
    weak var watch: RequestWatch?

    var meter: HeadMeter
    var path: String?
    var bodyWireBytes = 0
    /// Of the body, held until the answer is written.
    var bodyBytes = 0
    var windowBytes = 0

    /// Came after the request that is being answered.
    var ahead: ByteBuffer?
    var endsAfterAhead = false
    var isReadHeld = false
    var isReading = false

    var isFirstRequest = true
    /// The answer to the present request has begun; all of it has gone out.
    var hasAnswer = false
    var isAnswerTaken = false
    var closesAfterAnswer = false
    var outputClose: [EventLoopPromise<Void>?] = []

    /// For the phase; for the rate of a body; for an answer; for lingering.
    var deadline: Scheduled<Void>?
    var window: Scheduled<Void>?
    var answerDeadline: Scheduled<Void>?
    var lingerDeadline: Scheduled<Void>?

    /// What may come of a body that nobody wants before the connection is closed instead.
    static let drainBytes = 64 * 1024
    /// What may wait of later requests. One read brings at most so much.
    static let aheadBytes = 128 * 1024

    init(limits: ListenerLimits, roll: ConnectionRoll, logger: Logger) {
        self.limits = limits
        self.roll = roll
        self.logger = logger
        meter = HeadMeter(limits: limits)
    }

    func attach(_ watch: RequestWatch) { self.watch = watch }

    // MARK: Opening and closing

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { open(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .body = phase { watch?.cutShort() }
        phase = .lingering
        leave()
        context.fireChannelInactive()
    }

    private func open(_ context: ChannelHandlerContext) {
        address = SourceAddress(context.remoteAddress)
        isAdmitted = roll.admit(address)
        guard isAdmitted else {
            return refuse(.busy(retryAfterSeconds: limits.retryAfterSeconds), lingers: false)
        }
        deadline = schedule(limits.headMilliseconds) { $0.refuse(.headTooSlow) }
    }

    private func leave() {
        for timer in [deadline, window, answerDeadline, lingerDeadline] { timer?.cancel() }
        if isAdmitted { roll.leave(address, bodyBytes: bodyBytes) }
        isAdmitted = false
        bodyBytes = 0
        ahead = nil
    }

    func schedule(
        _ milliseconds: Int64, _ work: @escaping (ConnectionGuard) -> Void
    ) -> Scheduled<Void>? {
        context?.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            [weak self] in
            if let self, self.context != nil { work(self) }
        }
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if phase == .lingering {
            promise?.fail(ChannelError.ioOnClosedChannel)
        } else {
            context.write(data, promise: promise)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !context.channel.isWritable, hasAnswer { watchReader() }
        context.fireChannelWritabilityChanged()
    }

    func watchReader() {
        guard answerDeadline == nil, !isAnswerTaken else { return }
        answerDeadline = schedule(limits.answerMilliseconds) { $0.refuse(.answerNotTaken) }
    }

    /// Half closing waits for the answer: on a connection whose other half is closed it would
    /// drop what is not yet sent. Closing waits while a refusal is being read.
    func close(
        context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?
    ) {
        switch mode {
        case .output where phase == .lingering: promise?.succeed(())
        case .output:
            outputClose.append(promise)
            if !hasAnswer || isAnswerTaken { linger() }
        case .all where phase == .lingering && lingerDeadline != nil && context.channel.isActive:
            context.channel.closeFuture.cascade(to: promise)
        default: context.close(mode: mode, promise: promise)
        }
    }

    // MARK: Refusing

    func refuse(_ refusal: Refusal, lingers: Bool = true) {
        guard phase != .lingering, let context else { return }
        // A request whose answer has begun was told what there is to tell, and logged.
        if !hasAnswer || refusal == .answerNotTaken {
            RefusalLog.note(
                logger, problem: refusal.problem, status: refusal.status, path: path,
                ["address": "\(address)"])
        }
        let wasReadingBody = if case .body = phase { true } else { false }
        phase = .lingering
        if hasAnswer {
            context.close(promise: nil)
        } else {
            let answer = context.channel.allocator.buffer(string: refusal.answer)
            if lingers {
                context.writeAndFlush(wrapOutboundOut(.byteBuffer(answer)), promise: nil)
                linger()
            } else {
                let written = context.eventLoop.makePromise(of: Void.self)
                written.futureResult.assumeIsolated().whenComplete { [weak self] _ in
                    self?.context?.close(promise: nil)
                }
                context.writeAndFlush(wrapOutboundOut(.byteBuffer(answer)), promise: written)
            }
        }
        if wasReadingBody { watch?.cutShort() } else { watch?.endInput() }
    }

    /// Sends no more and drops what still comes, until the client closes or the time is over.
    func linger() {
        guard let context else { return }
        phase = .lingering
        for timer in [deadline, window, answerDeadline] { timer?.cancel() }
        roll.release(bodyBytes, of: address)
        bodyBytes = 0
        ahead = nil
        lingerDeadline = schedule(limits.lingerMilliseconds) { guardian in
            guardian.lingerDeadline = nil
            guardian.context?.close(promise: nil)
        }
        let promises = outputClose
        outputClose = []
        context.close(mode: .output, promise: nil)
        for promise in promises { promise?.succeed(()) }
        if isReadHeld || !isReading { context.read() }
    }
}
