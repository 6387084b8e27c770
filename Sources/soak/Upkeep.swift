/// What processes took up over their lives, and whether that is too much.
struct Upkeep {
    struct Trend {
        let node: String
        let seconds: Double
        let slopeKiBPerMinute: Double
        let allowedKiBPerMinute: Double
        let firstKiB: Double
        let lastKiB: Double
        let storeFirstKiB: Double
        let storeLastKiB: Double
        /// The curve from the start, warm-up included.
        let courseKiB: [Double]

        /// While the page caches fill, growth is theirs; after that it must stay within bounds.
        var isTooMuch: Bool {
            let full = (courseKiB.first ?? 0) + Upkeep.cachesKiB + Upkeep.slackKiB
            return slopeKiBPerMinute > allowedKiBPerMinute && lastKiB > full
        }
    }

    struct Open {
        var first = 0
        var last = 0
        var max = 0
    }

    /// What a process may gain in all over the time of the fit: allocators settle slowly. So the
    /// longer the run, the smaller the leak that is found.
    static let slackKiB = 12.0 * 1024
    /// Of each byte that its store grows by: what is exchanged is held while it is.
    static let sharePerStoreByte = 0.25
    static let coursePoints = 24
    /// A node's five connections to its database cache 8 MB of pages each.
    static let cachesKiB = 5 * 8000.0
    /// Connections come and go; each county keeps two open to the hub.
    static let openSlack = 16

    let trends: [Trend]
    let files: [String: Open]
    let threads: [String: Open]

    /// `workEnded`: in seconds since the watch began; what the checks cost is no trend.
    /// `warmUpSeconds`, `atLeastSeconds` after that: of a life that counts.
    init(
        _ lives: [Life], workEnded: Double, warmUpSeconds: Double, atLeastSeconds: Double
    ) {
        trends = lives.compactMap {
            Self.trend(
                $0.until(workEnded), warmUpSeconds: warmUpSeconds, atLeastSeconds: atLeastSeconds)
        }
        files = Self.open(lives, \.files)
        threads = Self.open(lives, \.threads)
    }

    private static func trend(
        _ life: Life, warmUpSeconds: Double, atLeastSeconds: Double
    ) -> Trend? {
        let samples = life.settled(warmUpSeconds: warmUpSeconds)
        guard let first = samples.first, let last = samples.last,
            last.seconds - first.seconds >= atLeastSeconds,
            let slope = Slope(samples.map { ($0.seconds, $0.memoryKiB) })
        else { return nil }
        let minutes = (last.seconds - first.seconds) / 60
        let grown = max(0, last.storeKiB - first.storeKiB)
        return Trend(
            node: life.node, seconds: last.seconds - first.seconds,
            slopeKiBPerMinute: slope.perMinute,
            allowedKiBPerMinute: (slackKiB + grown * sharePerStoreByte) / minutes,
            firstKiB: first.memoryKiB, lastKiB: last.memoryKiB, storeFirstKiB: first.storeKiB,
            storeLastKiB: last.storeKiB, courseKiB: course(life))
    }

    private static func course(_ life: Life) -> [Double] {
        let step = max(1, life.samples.count / coursePoints)
        return stride(from: 0, to: life.samples.count, by: step).map { life.samples[$0].memoryKiB }
    }

    /// By node, over all its lives: the first sample was taken at rest, before the work began, and
    /// the last after it.
    private static func open(
        _ lives: [Life], _ count: (Life.Sample) -> Int
    ) -> [String: Open] {
        var found: [String: Open] = [:]
        for life in lives {
            for sample in life.samples {
                let now = count(sample)
                var open = found[life.node] ?? Open(first: now)
                open.last = now
                open.max = Swift.max(open.max, now)
                found[life.node] = open
            }
        }
        return found
    }

    func violations(hub: String, counties: Int) -> [String] {
        var found: [String] = []
        for trend in trends where trend.isTooMuch {
            found.append(
                "\(trend.node) grows by \(Int(trend.slopeKiBPerMinute)) KiB/min, more than "
                    + "\(Int(trend.allowedKiBPerMinute))")
        }
        if !trends.contains(where: { $0.node == hub }) {
            found.append("no life of the hub was long enough to see a trend of its memory")
        }
        for (what, opens) in [("files", files), ("threads", threads)] {
            for (node, open) in opens.sorted(by: { $0.key < $1.key })
            where open.last > open.first + Self.openSlack + (node == hub ? 2 * counties : 0) {
                found.append("\(node) holds \(open.last) \(what) at rest, \(open.first) before")
            }
        }
        return found
    }
}
