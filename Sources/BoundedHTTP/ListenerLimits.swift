/// What one listener takes on before it refuses: each number with its unit last.
///
/// They bound memory, threads and time whatever clients do. `Limits` bounds what a message may
/// say; these bound how it may arrive. Tests make them small.
public struct ListenerLimits: Sendable {
    // MARK: Connections

    public var connections = 512
    /// Half, so that one address cannot take all. An IPv6 address counts with its /64. Behind one
    /// NAT or proxy all nodes share this number.
    public var connectionsPerAddress = 256
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
    /// From the end of the head.
    public var bodyMilliseconds: Int64 = 120_000
    /// In each window at least so much of a body comes in: 1 KiB/s over 30 s.
    public var bodyWindowMilliseconds: Int64 = 30_000
    public var bodyWindowBytes = 30 * 1024
    /// All bodies held at one time, from their first byte to their answer.
    public var bodiesBytes = 128 * 1024 * 1024
    public var bodiesPerAddressBytes = 64 * 1024 * 1024

    // MARK: Answers

    /// How long a client may take to read an answer.
    public var answerMilliseconds: Int64 = 120_000

    // MARK: Sync routes

    public var requestsPerNode = 8
    /// A body larger than this needs one of the places below to be decoded and applied.
    public var largeBodyBytes = 1024 * 1024
    public var largeBodies = 4
    public var requestsPerNodePerMinute: Int64 = 600
    public var requestsPerNodeBurst: Int64 = 120
    /// Requests of one address that fail authentication.
    public var failuresPerAddressPerMinute: Int64 = 120
    public var failuresPerAddressBurst: Int64 = 120
    /// What a client is told when the hub is busy.
    public var retryAfterSeconds: Int64 = 5

    public init() {}
}
