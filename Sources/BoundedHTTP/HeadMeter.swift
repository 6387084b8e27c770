/// Measures the head of a request while it comes in, before any of it is parsed.
///
/// The parser's own limits count names and values only: spaces, empty lines before the request
/// and a line that never ends would grow unseen.
struct HeadMeter {
    enum Finding: Equatable {
        case incomplete
        /// The head ends after this many of the bytes given last.
        case complete(byteCount: Int)
        case refused(EarlyRefusal)
    }

    private let limits: ListenerLimits
    private var headBytes = 0
    private var lineBytes = 0
    private var fields = 0
    private var hasRequestLine = false

    init(limits: ListenerLimits) { self.limits = limits }

    mutating func take(_ bytes: some Collection<UInt8>) -> Finding {
        var count = 0
        for byte in bytes {
            count += 1
            headBytes += 1
            if byte == UInt8(ascii: "\n") {
                if lineBytes == 0, hasRequestLine { return .complete(byteCount: count) }
                if lineBytes > 0, hasRequestLine { fields += 1 }
                if lineBytes > 0 { hasRequestLine = true }
                lineBytes = 0
            } else if byte != UInt8(ascii: "\r") {
                lineBytes += 1
            }
            if !hasRequestLine, lineBytes > limits.requestLineBytes {
                return .refused(.requestLineTooLong)
            }
            if headBytes > limits.headBytes || fields > limits.headFields {
                return .refused(.headTooLarge)
            }
        }
        return .incomplete
    }
}
