/// What one side holds of one scope.
public struct ScopeReport: Hashable, Sendable {
    public let scope: Scope
    /// Digest of the clock over full hashes: equal digests mean the same changes.
    public let digest: Digest
    /// Sent only where the digest may not be enough.
    public let clock: VectorClock?

    public init(scope: Scope, digest: Digest, clock: VectorClock? = nil) {
        self.scope = scope
        self.digest = digest
        self.clock = clock
    }
}

/// What a node sends: what it holds, and what by the hub's last clock the hub lacks.
public struct ExchangeRequest: Sendable {
    public var scopes: [ScopeReport]
    /// For each mismatched log the highest change that both sides are known to hold.
    public var marks: [Reference]
    /// Own changes that the hub's clock covers and for which no receipt arrived.
    public var receiptsWanted: [Reference]
    /// Bytes of segments that the answer should stay near.
    public var answerBudgetBytes: Int
    /// Logs of which a segment was refused: they go last, so that they hold up no other.
    public var deferred: [LogID]
    /// Encoded segments, verbatim, in order of log and sequence.
    public var segments: [[UInt8]]

    public init(
        scopes: [ScopeReport], marks: [Reference] = [], receiptsWanted: [Reference] = [],
        answerBudgetBytes: Int = Limits.exchangeBudgetBytes, deferred: [LogID] = [],
        segments: [[UInt8]] = []
    ) {
        self.scopes = scopes
        self.marks = marks
        self.receiptsWanted = receiptsWanted
        self.answerBudgetBytes = answerBudgetBytes
        self.deferred = deferred.sorted()
        self.segments = segments
    }
}

/// What the hub answers after its commit.
public struct ExchangeAnswer: Sendable {
    /// Digests as of after the commit; clocks where the digests differ.
    public var scopes: [ScopeReport]
    public var receipts: [Receipt]
    /// The request's marks that the hub holds, too.
    public var confirmedMarks: [Reference]
    public var refusals: [Refusal]
    /// References that stored changes wait for.
    public var wanted: [Reference]
    /// The budget ended the answer before the segments did.
    public var hasMore: Bool
    public var segments: [[UInt8]]

    public init(
        scopes: [ScopeReport], receipts: [Receipt] = [], confirmedMarks: [Reference] = [],
        refusals: [Refusal] = [], wanted: [Reference] = [], hasMore: Bool = false,
        segments: [[UInt8]] = []
    ) {
        self.scopes = scopes
        self.receipts = receipts
        self.confirmedMarks = confirmedMarks
        self.refusals = refusals
        self.wanted = wanted
        self.hasMore = hasMore
        self.segments = segments
    }
}

/// A long poll: answered as soon as a digest differs from the hub's.
public struct WakeRequest: Hashable, Sendable {
    /// Without clocks.
    public var scopes: [ScopeReport]

    public init(scopes: [ScopeReport]) { self.scopes = scopes }
}

/// The scopes with news, and the hub's digests of them: the node's own upload changes these, too,
/// and is no news to it. None when the poll ran out.
public struct WakeAnswer: Hashable, Sendable {
    /// Without clocks.
    public var scopes: [ScopeReport]

    public init(scopes: [ScopeReport]) { self.scopes = scopes }
}
