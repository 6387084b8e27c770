import SyncCore

/// A gate for each node that asks, and how often it may: what one node uses up, others keep.
public struct RequestGates: Sendable {
    public enum Verdict: Equatable, Sendable {
        case gate(RequestGate.Verdict)
        /// Above the node's rate.
        case tooMany(waitMilliseconds: Int64)
    }

    /// Nonces of all nodes.
    public static let nonceLimit = 200_000
    private static let nodeLimit = 65_536

    private let boot: UInt64
    private let nonceLimit: Int
    private let noncesPerNode: Int
    private var gates: [NodeID: RequestGate] = [:]
    private var rates: TokenBuckets<NodeID>
    public private(set) var nonceCount = 0

    public init(
        boot: UInt64, rate: TokenBucket.Rate, nonceLimit: Int = RequestGates.nonceLimit,
        noncesPerNode: Int = RequestGate.nonceLimit
    ) {
        self.boot = boot
        self.nonceLimit = nonceLimit
        self.noncesPerNode = noncesPerNode
        rates = TokenBuckets(rate: rate, limit: Self.nodeLimit)
    }

    /// Times are milliseconds UTC. The signature has been checked, so that nobody uses up what is
    /// another's. Only a request that is admitted counts: one that was heard and is sent again
    /// takes nothing from its node, and one above the rate leaves no nonce.
    public mutating func admit(
        nonce: [UInt8], of node: NodeID, time: Int64, boot: UInt64, now: Int64
    ) -> Verdict {
        if let wait = rates.wait(node, now: now) { return .tooMany(waitMilliseconds: wait) }
        if nonceCount >= nonceLimit { forget(now: now) }
        guard nonceCount < nonceLimit else { return .gate(.crowded) }
        // In its place: taken out, all its nonces would be copied.
        nonceCount -= gates[node]?.count ?? 0
        let verdict = gates[node, default: RequestGate(boot: self.boot, nonceLimit: noncesPerNode)]
            .admit(nonce: nonce, time: time, boot: boot, now: now)
        nonceCount += gates[node]?.count ?? 0
        if verdict == .admitted { _ = rates.take(node, now: now) }
        return .gate(verdict)
    }

    /// Nodes that fell silent forget nothing by themselves.
    private mutating func forget(now: Int64) {
        nonceCount = 0
        for node in gates.keys.sorted() {
            gates[node]?.forget(now: now)
            let count = gates[node]?.count ?? 0
            nonceCount += count
            if count == 0 { gates[node] = nil }
        }
    }
}
