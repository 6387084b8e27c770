/// What one listener takes on before it refuses: each number with its unit last.
///
/// They bound memory, threads and time whatever clients do. `Limits` bounds what a message may
/// say; these bound how it may arrive. Tests make them small.
public struct ListenerLimits: Sendable {
    // MARK: Connections

    /// A node has two: for its exchanges, and for its poll.
    public var connections = 1024
    /// Half, so that one address cannot take all. An IPv6 address counts with its /64. Behind one
    /// NAT or proxy all nodes share this number.
    public var connectionsPerAddress = 512
    /// A kept connection without a request.
    public var idleMilliseconds: Int64 = 75_000
    /// How long a refused client may go on sending: closing at once would reset the connection
    /// and with it the answer that it has not read yet.
    public var lingerMilliseconds: Int64 = 5_000

    // MARK: Heads

    public var requestLineBytes = 4 * 1024
    public var headBytes = 32 * 1024
    public var headFields = 100
    /// From the first byte of a head, or from the connection's opening for the first one.
    public var headMilliseconds: Int64 = 10_000

    // MARK: Bodies

    public var bodyBytes = 8 * 1024 * 1024
    /// What the framing of a chunked body may add to it on the wire.
    public var framingBytes = 1024 * 1024
    /// From the end of the head, or as long as the body takes at ``slowestBytesPerSecond``.
    public var bodyMilliseconds: Int64 = 120_000
    /// In each window at least so much of a body comes in: 1 KiB/s over 30 s.
    public var bodyWindowMilliseconds: Int64 = 30_000
    public var bodyWindowBytes = 30 * 1024
    /// All bodies held at one time, from their first byte to their answer, on connections on which
    /// a request was authenticated before.
    public var bodiesBytes = 128 * 1024 * 1024
    public var bodiesPerAddressBytes = 64 * 1024 * 1024
    /// The same on the others: one address has room for one body and its framing.
    public var unprovenBodiesBytes = 64 * 1024 * 1024
    public var unprovenBodiesPerAddressBytes = 9 * 1024 * 1024
    /// So much of each body counts in neither: with all connections that is 64 MiB.
    public var freeBodyBytes = 64 * 1024

    // MARK: Answers

    /// In each such time a client reads as much of an answer as at ``slowestBytesPerSecond``.
    public var answerMilliseconds: Int64 = 120_000

    // MARK: Bodies and answers

    /// Lines in the mountains are slow, and what comes or goes steadily is not cut.
    public var slowestBytesPerSecond: Int64 = 1024
    /// When the process is asked to stop: for bodies that are on their way, and for lingering.
    public var quiesceMilliseconds: Int64 = 2_000

    // MARK: Log

    /// Lines about refused requests of one address.
    public var refusalLinesPerAddressPerMinute: Int64 = 60
    public var refusalLinesPerAddressBurst: Int64 = 120
    /// How long after the first line that was not written their number is.
    public var refusalSummaryMilliseconds: Int64 = 60_000

    // MARK: Sync routes

    /// In progress: one, and one more where the line died and it is sent again.
    public var exchangesPerNode = 2
    public var pollsPerNode = 6
    /// A body larger than this, on the wire or when its segments are inflated, needs one of the
    /// places below to be applied.
    public var largeBodyBytes = 1024 * 1024
    public var largeBodies = 4
    public var requestsPerNodePerMinute: Int64 = 600
    public var requestsPerNodeBurst: Int64 = 120
    /// Requests of one address that fail authentication, ask for what is not there or are refused
    /// on an unproven connection before a route sees them.
    public var failuresPerAddressPerMinute: Int64 = 120
    public var failuresPerAddressBurst: Int64 = 120
    /// What a client is told when the hub is busy.
    public var retryAfterSeconds: Int64 = 5

    public init() {}
}
