/// So many requests a minute, and a burst of them at once.
///
/// Counted in whole numbers: a token is 60,000 parts, and a rate of one a minute gains one part in
/// each millisecond.
public struct TokenBucket: Hashable, Sendable {
    public struct Rate: Hashable, Sendable {
        public let perMinute: Int64
        public let burst: Int64

        public init(perMinute: Int64, burst: Int64) {
            precondition(
                perMinute > 0 && perMinute <= 1_000_000, "a rate is some requests a minute")
            precondition(burst > 0 && burst <= 1_000_000, "a burst is some requests")
            self.perMinute = perMinute
            self.burst = burst
        }

        fileprivate var capacity: Int64 { burst * TokenBucket.partsPerToken }
        /// After this long without a request a bucket is full again.
        fileprivate var fillMilliseconds: Int64 { capacity / perMinute + 1 }
    }

    fileprivate static let partsPerToken: Int64 = 60_000

    private var parts: Int64
    private var time: Int64

    /// Full. Times are milliseconds.
    public init(rate: Rate, now: Int64) {
        parts = rate.capacity
        time = now
    }

    /// A clock that is set back gains nothing and loses nothing.
    private mutating func refill(_ rate: Rate, now: Int64) {
        let (difference, overflow) = now.subtractingReportingOverflow(time)
        let isForward = now > time
        let passed =
            isForward ? min(overflow ? .max : difference, rate.fillMilliseconds) : 0
        parts = min(parts + passed * rate.perMinute, rate.capacity)
        time = now
    }

    /// Milliseconds until there is a token; nil if there is one.
    public mutating func wait(_ rate: Rate, now: Int64) -> Int64? {
        refill(rate, now: now)
        let missing = Self.partsPerToken - parts
        return missing > 0 ? (missing + rate.perMinute - 1) / rate.perMinute : nil
    }

    /// Nil if a token was there and was taken; else the milliseconds until there is one.
    public mutating func take(_ rate: Rate, now: Int64) -> Int64? {
        if let wait = wait(rate, now: now) { return wait }
        parts -= Self.partsPerToken
        return nil
    }

    public mutating func isFull(_ rate: Rate, now: Int64) -> Bool {
        refill(rate, now: now)
        return parts == rate.capacity
    }

    /// How much is left, for choosing which to forget.
    fileprivate var level: Int64 { parts }
}

/// A bucket for each key that has used its own, bounded in number.
///
/// A full bucket says no more than none, so full ones are forgotten first; where there are none,
/// the fullest half, which have the least to lose.
public struct TokenBuckets<Key: Hashable & Comparable & Sendable>: Sendable {
    private let rate: TokenBucket.Rate
    private let limit: Int
    private var buckets: [Key: TokenBucket] = [:]

    /// `limit`: how many keys are remembered.
    public init(rate: TokenBucket.Rate, limit: Int) {
        precondition(limit > 1, "a limit of buckets leaves room for some")
        self.rate = rate
        self.limit = limit
    }

    public var count: Int { buckets.count }

    /// Nil if a token was taken; else the milliseconds until there is one.
    public mutating func take(_ key: Key, now: Int64) -> Int64? {
        if buckets[key] == nil {
            makeRoom(now: now)
            buckets[key] = TokenBucket(rate: rate, now: now)
        }
        return buckets[key]?.take(rate, now: now)
    }

    public mutating func wait(_ key: Key, now: Int64) -> Int64? {
        buckets[key]?.wait(rate, now: now)
    }

    private mutating func makeRoom(now: Int64) {
        guard buckets.count >= limit else { return }
        for key in buckets.keys where buckets[key]?.isFull(rate, now: now) == true {
            buckets[key] = nil
        }
        guard buckets.count > limit / 2 else { return }
        let emptiest = buckets.sorted { ($0.value.level, $0.key) < ($1.value.level, $1.key) }
        buckets = Dictionary(uniqueKeysWithValues: emptiest.prefix(limit / 2).map { ($0, $1) })
    }
}
