import Access
import Logging
import NIOCore
import Synchronization

/// One line for each refused request, in one form, so that an operator finds all by one message.
/// What a client chose stands in values only: it is for the log's handler to keep it on the line.
///
/// Of one address only so many lines: whoever refuses to stop must not fill the disk. How many
/// more there were is said once a minute.
public final class RefusalLog: Sendable {
    private struct State {
        var lines: TokenBuckets<SourceAddress>
        /// Nil stands for addresses that are too many to be told apart.
        var suppressed: [SourceAddress?: Int] = [:]
    }

    public static let message: Logger.Message = "request refused"
    private static let pathCharacters = 200
    private static let addressLimit = 4096

    private let logger: Logger
    private let clock: @Sendable () -> Int64
    private let summaryMilliseconds: Int64
    private let state: Mutex<State>

    init(limits: ListenerLimits, logger: Logger, clock: @escaping @Sendable () -> Int64) {
        self.logger = logger
        self.clock = clock
        summaryMilliseconds = limits.refusalSummaryMilliseconds
        let rate = TokenBucket.Rate(
            perMinute: limits.refusalLinesPerAddressPerMinute,
            burst: limits.refusalLinesPerAddressBurst)
        state = Mutex(State(lines: TokenBuckets(rate: rate, limit: Self.addressLimit)))
    }

    /// `node`: whose request it was, where that is known; else the line names the address.
    public func note(
        _ visitor: Visitor, problem: String, status: Int, path: String?, node: String? = nil,
        cause: (any Error)? = nil
    ) {
        let (isWritten, isFirst) = state.withLock { state in
            if state.lines.take(visitor.address, now: clock()) == nil { return (true, false) }
            let isFirst = state.suppressed.isEmpty
            let isTold =
                state.suppressed[visitor.address] != nil
                || state.suppressed.count < Self.addressLimit
            state.suppressed[isTold ? visitor.address : nil, default: 0] += 1
            return (false, isFirst)
        }
        if isWritten {
            Self.note(
                logger, problem: problem, status: status, path: path,
                node.map { ["node": "\($0)"] } ?? ["address": "\(visitor.address)"], cause: cause)
        }
        guard isFirst else { return }
        visitor.channel.eventLoop.scheduleTask(in: .milliseconds(summaryMilliseconds)) { [self] in
            tellSuppressed()
        }
    }

    private func tellSuppressed() {
        let suppressed = state.withLock { state in
            defer { state.suppressed = [:] }
            return state.suppressed.map { (address: $0.key?.description ?? "others", $0.value) }
        }
        for (address, count) in suppressed.sorted(by: { $0.address < $1.address }) {
            logger.notice(
                Self.message, metadata: ["suppressed": "\(count)", "address": "\(address)"])
        }
    }

    /// `path`: without the query, which may hold names of people. `cause`: where the failure is
    /// this node's own and the problem's name says too little.
    public static func note(
        _ logger: Logger, problem: String, status: Int, path: String?,
        _ more: Logger.Metadata = [:], cause: (any Error)? = nil
    ) {
        var metadata = more
        metadata["problem"] = "\(problem)"
        metadata["status"] = "\(status)"
        metadata["path"] = "\(path?.prefix(pathCharacters) ?? "-")"
        if let cause { metadata["cause"] = "\(cause)" }
        logger.log(level: cause == nil ? .notice : .error, message, metadata: metadata)
    }
}
