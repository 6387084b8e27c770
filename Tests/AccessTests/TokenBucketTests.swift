import Access
import Testing

@Suite struct TokenBucketTests {
    let rate = TokenBucket.Rate(perMinute: 60, burst: 3)

    @Test func `A burst goes through at once, then one for each second`() {
        var bucket = TokenBucket(rate: rate, now: 0)
        for _ in 0..<3 { #expect(bucket.take(rate, now: 0) == nil) }
        #expect(bucket.take(rate, now: 0) == 1000)
        #expect(bucket.take(rate, now: 400) == 600)
        #expect(bucket.take(rate, now: 1000) == nil)
        #expect(bucket.take(rate, now: 1000) == 1000)
    }

    @Test func `A bucket never holds more than its burst`() {
        var bucket = TokenBucket(rate: rate, now: 0)
        let year: Int64 = 365 * 24 * 3600 * 1000
        for _ in 0..<3 { #expect(bucket.take(rate, now: year) == nil) }
        #expect(bucket.take(rate, now: year) != nil)
    }

    @Test func `Parts of a token are not lost between requests`() {
        var bucket = TokenBucket(rate: rate, now: 0)
        for _ in 0..<3 { _ = bucket.take(rate, now: 0) }
        for now in stride(from: Int64(100), to: 1000, by: 100) {
            #expect(bucket.take(rate, now: now) == 1000 - now)
        }
        #expect(bucket.take(rate, now: 1000) == nil)
    }

    @Test func `A clock that is set back neither gives nor locks out`() {
        var bucket = TokenBucket(rate: rate, now: 1_000_000)
        for _ in 0..<3 { _ = bucket.take(rate, now: 1_000_000) }
        #expect(bucket.take(rate, now: 0) == 1000)
        #expect(bucket.take(rate, now: 1000) == nil)
        #expect(bucket.take(rate, now: .min) == 1000)
        #expect(bucket.take(rate, now: .max) == nil)
    }

    @Test func `Keys do not take from each other`() {
        var buckets = TokenBuckets<String>(rate: rate, limit: 10)
        for _ in 0..<3 { #expect(buckets.take("a", now: 0) == nil) }
        #expect(buckets.take("a", now: 0) != nil)
        #expect(buckets.wait("a", now: 0) == 1000)
        #expect(buckets.take("b", now: 0) == nil)
        #expect(buckets.wait("c", now: 0) == nil)
        #expect(buckets.count == 2)
    }

    @Test func `Full buckets are forgotten first, then those with most left`() {
        var buckets = TokenBuckets<Int>(rate: rate, limit: 8)
        for _ in 0..<3 { _ = buckets.take(0, now: 0) }
        for key in 1..<8 { _ = buckets.take(key, now: 0) }
        #expect(buckets.count == 8)
        // One second later all but the emptied one are full.
        _ = buckets.take(8, now: 1000)
        #expect(buckets.count == 2)
        for key in 9..<5000 { _ = buckets.take(key, now: 1000) }
        #expect(buckets.count <= 8)
        #expect(buckets.take(0, now: 1000) == nil)
        #expect(buckets.take(0, now: 1000) != nil)
    }
}
