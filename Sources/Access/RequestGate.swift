import SyncCore

/// Admits each signed request of one node once, and only while it is fresh.
///
/// Nonces are kept in memory, so that an idle poll writes nothing. A restart would forget them;
/// therefore every request names the hub's boot number, and one signed for an earlier run is
/// refused with the current number instead.
public struct RequestGate: Sendable {
    public enum Verdict: Equatable, Sendable {
        case admitted
        /// Signed for another run of the hub.
        case wrongBoot
        /// More than five minutes from the hub's time.
        case clockOff
        case replayed
        /// Too many fresh nonces: come back later.
        case crowded
    }

    public static let windowMilliseconds = Limits.requestClockSkewSeconds * 1000
    /// More than the default rate of a node brings in the time that nonces are kept.
    public static let nonceLimit = 20_000

    public let boot: UInt64
    private let nonceLimit: Int
    private var nonces: Set<[UInt8]> = []
    /// In order of arrival, so that the oldest are forgotten first.
    private var arrivals: [(time: Int64, nonce: [UInt8])] = []
    private var firstArrival = 0

    public init(boot: UInt64, nonceLimit: Int = RequestGate.nonceLimit) {
        self.boot = boot
        self.nonceLimit = nonceLimit
    }

    /// Nonces kept.
    public var count: Int { nonces.count }

    /// Times are milliseconds UTC. The signature has been checked.
    public mutating func admit(
        nonce: [UInt8], time: Int64, boot: UInt64, now: Int64
    ) -> Verdict {
        guard boot == self.boot else { return .wrongBoot }
        let (difference, overflow) = time.subtractingReportingOverflow(now)
        guard !overflow, difference.magnitude <= UInt64(Self.windowMilliseconds) else {
            return .clockOff
        }
        forget(now: now)
        guard !nonces.contains(nonce) else { return .replayed }
        guard nonces.count < nonceLimit else { return .crowded }
        nonces.insert(nonce)
        arrivals.append((now, nonce))
        return .admitted
    }

    /// A request is fresh for five minutes before and after its time.
    public mutating func forget(now: Int64) {
        let limit = now - 2 * Self.windowMilliseconds
        while firstArrival < arrivals.count, arrivals[firstArrival].time < limit {
            nonces.remove(arrivals[firstArrival].nonce)
            firstArrival += 1
        }
        if firstArrival > 1024, firstArrival > arrivals.count / 2 {
            arrivals.removeFirst(firstArrival)
            firstArrival = 0
        }
    }
}
