import SyncCore

/// Why an exchange came to nothing. All of these are met by trying again; what was sent may or
/// may not have been committed.
public enum ExchangeFailure: Error, Hashable, Sendable {
    /// No answer: no network, cut, timed out.
    case unreachable(String)
    /// This node's own store failed: nothing was sent, or what came is not stored yet.
    case here(String)
    /// What is stored here contradicts itself: goes on once it is mended.
    case damagedHere(String)
    /// The hub asked to come back later.
    case busy(retryAfterSeconds: Int64)
    /// The hub's disk is nearly full: it takes nothing in, but still gives.
    case noRoom(retryAfterSeconds: Int64)
    /// Answered with a problem that trying again soon will not mend.
    case refused(status: Int, type: String, detail: String)
    /// The answer was not signed by the pinned hub key, or could not be read.
    case untrusted(String)
}

extension ExchangeFailure {
    /// Less at a time may get through: the line gave out, or the hub found it too much.
    var isAboutSize: Bool {
        switch self {
        case .unreachable, .busy: true
        case .refused(let status, _, _): status == 413
        case .here, .damagedHere, .noRoom, .untrusted: false
        }
    }
}

/// What came of an answer once the store has it.
public struct AbsorbedAnswer: Sendable {
    /// Own digests after the commit.
    public var reports: [ScopeReport]
    public var newChanges: Int
    public var refused: [Refusal]
    /// The last change of each segment received that is now stored.
    public var received: [Reference]
    /// Logs that got another branch by this answer.
    public var forked: [LogID]

    public init(
        reports: [ScopeReport], newChanges: Int, refused: [Refusal], received: [Reference],
        forked: [LogID] = []
    ) {
        self.reports = reports
        self.newChanges = newChanges
        self.refused = refused
        self.received = received
        self.forked = forked
    }
}
