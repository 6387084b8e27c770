import NIOCore

/// What the ``RequestWatch`` tells: where requests, bodies and answers begin and end.
extension ConnectionGuard {
    func headEnded(path: String, framing: Framing?, closes: Bool) {
        self.path = path
        closesAfterAnswer = closesAfterAnswer || closes
        deadline?.cancel()
        guard let framing else { return }
        phase = .body(framing)
        bodyWireBytes = 0
        deadline = schedule(bodyMilliseconds(framing)) { $0.refuse(.bodyTooSlow) }
        beginWindow()
        if isQuiescing { hasten() }
    }

    private func bodyMilliseconds(_ framing: Framing) -> Int64 {
        let byteCount: Int
        switch framing {
        // What is declared above the limit is refused by its head.
        case .length(let length): byteCount = min(length, limits.bodyBytes)
        case .chunked: byteCount = limits.bodyBytes
        }
        return max(limits.bodyMilliseconds, Int64(byteCount) * 1000 / limits.slowestBytesPerSecond)
    }

    private func beginWindow() {
        windowBytes = 0
        window = schedule(limits.bodyWindowMilliseconds) { guardian in
            // Where this side reads nothing, the client is not to blame.
            if guardian.isReading, guardian.windowBytes < guardian.limits.bodyWindowBytes {
                guardian.refuse(.bodyTooSlow)
            } else {
                guardian.beginWindow()
            }
        }
    }

    /// False if it was refused.
    func bodyCame(byteCount: Int) -> Bool {
        if hasAnswer { return true }
        if let visitor, roll.hold(byteCount, of: visitor) { return true }
        refuse(.busy(retryAfterSeconds: limits.retryAfterSeconds))
        return false
    }

    /// `passOn` tells the route, before the next request may begin.
    func requestEnded(_ passOn: () -> Void) {
        deadline?.cancel()
        window?.cancel()
        phase = .answering
        passOn()
        // It was answered before it was complete.
        if isAnswerTaken { becomeIdle() }
    }

    func closeAfterAnswer() { closesAfterAnswer = true }

    /// Says whether the connection is closed after the answer that begins now.
    func answerBegins() -> Bool {
        hasAnswer = true
        switch phase {
        case .body(.chunked): closesAfterAnswer = true
        case .body(.length(let left)) where left > Self.drainBytes: closesAfterAnswer = true
        default: break
        }
        return closesAfterAnswer
    }

    func answerWritten() {
        guard phase != .lingering else { return }
        if let visitor { roll.release(visitor) }
        watchReader()
    }

    func answerTaken() {
        guard phase != .lingering, context != nil else { return }
        answerDeadline?.cancel()
        answerDeadline = nil
        isAnswerTaken = true
        if closesAfterAnswer || !outputClose.isEmpty { return linger() }
        if phase == .answering { becomeIdle() }
    }

    private func becomeIdle() {
        guard let context else { return }
        phase = .idle
        isFirstRequest = false
        hasAnswer = false
        isAnswerTaken = false
        path = nil
        if let visitor { roll.rested(visitor) }
        deadline = schedule(limits.idleMilliseconds) { $0.closeIdle() }
        if var bytes = ahead {
            ahead = nil
            forward(&bytes, context)
            context.fireChannelReadComplete()
        }
        if endsAfterAhead, phase != .answering {
            endsAfterAhead = false
            userInboundEventTriggered(context: context, event: ChannelEvent.inputClosed)
        }
        if isReadHeld, phase != .answering {
            isReadHeld = false
            read(context: context)
        }
    }

    private func closeIdle() { context?.close(promise: nil) }
}
