import NIOCore

/// Bytes that come in.
extension ConnectionGuard {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        forward(&bytes, context)
    }

    func forward(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        while bytes.readableBytes > 0 {
            switch phase {
            case .idle, .head:
                if phase == .idle, !beginHead() { return }
                forwardHead(&bytes, context)
            case .body(.length(let left)):
                guard let part = bytes.readSlice(length: min(left, bytes.readableBytes)) else {
                    preconditionFailure("no more is read than there is")
                }
                phase = .body(.length(left: left - part.readableBytes))
                windowBytes += part.readableBytes
                context.fireChannelRead(wrapInboundOut(part))
                if phase == .body(.length(left: 0)) { refuse(.malformed) }
            case .body(.chunked):
                bodyWireBytes += bytes.readableBytes
                windowBytes += bytes.readableBytes
                guard bodyWireBytes <= limits.bodyBytes + limits.framingBytes else {
                    return refuse(.bodyTooLarge)
                }
                context.fireChannelRead(wrapInboundOut(bytes))
                return
            case .answering: return keep(bytes)
            case .lingering: return
            }
        }
    }

    /// False where the connection is just being closed in favour of another.
    private func beginHead() -> Bool {
        guard let visitor, roll.began(visitor) else { return false }
        phase = .head
        meter = HeadMeter(limits: limits)
        // The first head has had its deadline since the connection's opening.
        if isFirstRequest { return true }
        deadline?.cancel()
        deadline = schedule(limits.headMilliseconds) { $0.refuse(.headTooSlow) }
        return true
    }

    private func forwardHead(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
        switch meter.take(bytes.readableBytesView) {
        case .refused(let refusal): refuse(refusal)
        case .incomplete:
            context.fireChannelRead(wrapInboundOut(bytes))
            bytes.moveReaderIndex(to: bytes.writerIndex)
        case .complete(let count):
            guard let head = bytes.readSlice(length: count) else {
                preconditionFailure("a head ends within what was measured")
            }
            context.fireChannelRead(wrapInboundOut(head))
            // The parser saw no head where one ended.
            if phase == .head { refuse(.malformed) }
        }
    }

    private func keep(_ bytes: ByteBuffer) {
        guard !closesAfterAnswer else { return }
        var kept = ahead ?? ByteBuffer()
        kept.writeImmutableBuffer(bytes)
        if kept.readableBytes > Self.aheadBytes {
            closesAfterAnswer = true
            ahead = nil
        } else {
            ahead = kept
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        context.fireChannelReadComplete()
        if phase == .lingering { context.read() }
    }

    /// No request is read while one is being answered.
    func read(context: ChannelHandlerContext) {
        if phase == .answering {
            isReadHeld = true
        } else {
            isReading = true
            context.read()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { hasten() }
        if case ChannelEvent.inputClosed = event {
            switch phase {
            // Who sends no more may still read the answer, and what waits comes first.
            case .answering:
                endsAfterAhead = true
                return
            case .head, .body: refuse(.cutShort)
            case .idle, .lingering: break
            }
        }
        context.fireUserInboundEventTriggered(event)
    }
}
