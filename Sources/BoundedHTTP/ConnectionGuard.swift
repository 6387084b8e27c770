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
    var phase = Phase.idle
    var context: ChannelHandlerContext?
    /// Nil once the connection has left.
    var visitor: Visitor?
    weak var watch: RequestWatch?

    var meter: HeadMeter
    var path: String?
    var bodyWireBytes = 0
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
    /// Of all answers on this connection, taken by the socket or not.
    var writtenBytes = 0
    /// The process is about to stop.
    var isQuiescing = false
    var isClosedHere = false

    /// For the phase; for the rate of a body; for an answer; for lingering.
    var deadline: Scheduled<Void>?
    var window: Scheduled<Void>?
    var answerDeadline: Scheduled<Void>?
    var lingerDeadline: Scheduled<Void>?

    /// What may come of a body that nobody wants before the connection is closed instead.
    static let drainBytes = 64 * 1024
    /// What may wait of later requests. One read brings at most so much.
    static let aheadBytes = 128 * 1024

    init(limits: ListenerLimits, roll: ConnectionRoll) {
        self.limits = limits
        self.roll = roll
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
        let wasReadingBody = isReadingBody
        if phase == .head || wasReadingBody, !hasAnswer, !isClosedHere { note(.cutShort) }
        phase = .lingering
        if wasReadingBody { watch?.cutShort() }
        leave()
        context.fireChannelInactive()
    }

    private func open(_ context: ChannelHandlerContext) {
        let visitor = Visitor(context.channel)
        self.visitor = visitor
        guard roll.admit(visitor) else {
            return refuse(.busy(retryAfterSeconds: limits.retryAfterSeconds), lingers: false)
        }
        deadline = schedule(limits.headMilliseconds) { $0.refuse(.headTooSlow) }
    }

    private func leave() {
        for timer in [deadline, window, answerDeadline, lingerDeadline] { timer?.cancel() }
        if let visitor { roll.leave(visitor) }
        visitor = nil
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
            writtenBytes += unwrapOutboundIn(data).readableBytes
            context.write(data, promise: promise)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !context.channel.isWritable, hasAnswer { watchReader() }
        context.fireChannelWritabilityChanged()
    }

    func watchReader() {
        guard answerDeadline == nil, !isAnswerTaken else { return }
        let before = takenBytes
        answerDeadline = schedule(limits.answerMilliseconds) { guardian in
            guardian.answerDeadline = nil
            let (taken, limits) = (guardian.takenBytes, guardian.limits)
            let due = limits.slowestBytesPerSecond * limits.answerMilliseconds / 1000
            // Where all is taken, the route is slow and not the reader.
            if taken < guardian.writtenBytes, Int64(taken - before) < due {
                guardian.refuse(.answerNotTaken)
            } else {
                guardian.watchReader()
            }
        }
    }

    /// What the system has taken of all answers.
    private var takenBytes: Int {
        let waiting = try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)
        return writtenBytes - (waiting ?? 0)
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
        default:
            if mode == .all { isClosedHere = true }
            context.close(mode: mode, promise: promise)
        }
    }

    // MARK: Refusing

    func refuse(_ refusal: EarlyRefusal, lingers: Bool = true) {
        guard phase != .lingering, let context else { return }
        // A request whose answer has begun was told what there is to tell, and logged.
        if !hasAnswer || refusal == .answerNotTaken { note(refusal) }
        let wasReadingBody = isReadingBody
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

    var isReadingBody: Bool { if case .body = phase { true } else { false } }

    private func note(_ refusal: EarlyRefusal) {
        guard let visitor else { return }
        roll.refusals.note(
            visitor, problem: refusal.problem, status: refusal.status, path: path)
        // Others may read slowly for no fault of theirs; who was not admitted is not on the roll.
        if refusal != .answerNotTaken { roll.refused(visitor) }
    }

    /// Sends no more and drops what still comes, until the client closes or the time is over.
    func linger() {
        guard let context else { return }
        phase = .lingering
        for timer in [deadline, window, answerDeadline] { timer?.cancel() }
        if let visitor { roll.release(visitor) }
        ahead = nil
        beginLingering(limits.lingerMilliseconds)
        if isQuiescing { hasten() }
        let promises = outputClose
        outputClose = []
        context.close(mode: .output, promise: nil)
        for promise in promises { promise?.succeed(()) }
        if isReadHeld || !isReading { context.read() }
    }

    private func beginLingering(_ milliseconds: Int64) {
        lingerDeadline?.cancel()
        lingerDeadline = schedule(milliseconds) { guardian in
            guardian.lingerDeadline = nil
            guardian.context?.close(promise: nil)
        }
    }

    /// The process is about to stop and does not wait for what clients still have to send.
    /// Connections without a request are closed by Hummingbird.
    func hasten() {
        isQuiescing = true
        closesAfterAnswer = true
        if isReadingBody, !hasAnswer {
            deadline?.cancel()
            let busy = EarlyRefusal.busy(retryAfterSeconds: limits.retryAfterSeconds)
            deadline = schedule(limits.quiesceMilliseconds) { $0.refuse(busy) }
        } else if phase == .lingering, lingerDeadline != nil {
            beginLingering(min(limits.lingerMilliseconds, limits.quiesceMilliseconds))
        }
    }
}
