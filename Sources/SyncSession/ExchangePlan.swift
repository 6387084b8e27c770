import SyncCore

/// What the node last learned of one scope at the hub.
public struct HubView: Hashable, Sendable {
    public let scope: Scope
    /// Nil until the first answer: then the hub's clock counts as empty.
    public var clock: VectorClock?
    public var digest: Digest?

    public init(scope: Scope, clock: VectorClock? = nil, digest: Digest? = nil) {
        self.scope = scope
        self.clock = clock
        self.digest = digest
    }
}

/// What the next request is put together from.
public struct ExchangePlan: Hashable, Sendable {
    public struct ScopePlan: Hashable, Sendable {
        public let view: HubView
        /// Send the clock although the digests are not known to differ.
        public let sendsClock: Bool

        public init(view: HubView, sendsClock: Bool) {
            self.view = view
            self.sendsClock = sendsClock
        }
    }

    public let scopes: [ScopePlan]
    /// The highest change of a log that both sides are known to hold.
    public let marks: [Reference]
    /// Of what is sent, and of what may come back.
    public let budgetBytes: Int
    public let answerBudgetBytes: Int
    /// Logs of which a segment was refused, here or there.
    public let deferred: [LogID]
    /// Fetch only: the hub takes nothing in at present.
    public let withholdsSegments: Bool

    public init(
        scopes: [ScopePlan], marks: [Reference], budgetBytes: Int,
        answerBudgetBytes: Int = Limits.exchangeBudgetBytes, deferred: [LogID] = [],
        withholdsSegments: Bool = false
    ) {
        self.answerBudgetBytes = answerBudgetBytes
        self.scopes = scopes
        self.marks = marks
        self.budgetBytes = budgetBytes
        self.deferred = deferred
        self.withholdsSegments = withholdsSegments
    }
}
