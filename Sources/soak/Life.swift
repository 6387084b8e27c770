/// What one process took up, from its start to its end.
struct Life {
    struct Sample {
        /// Since the run began.
        let seconds: Double
        let memoryKiB: Double
        let files: Int
        let threads: Int
        /// The node's store on disk.
        let storeKiB: Double
    }

    let node: String
    let process: Int32
    var samples: [Sample] = []

    func until(_ seconds: Double) -> Life {
        Life(node: node, process: process, samples: samples.filter { $0.seconds <= seconds })
    }

    /// Without the time in which caches and connections fill.
    func settled(warmUpSeconds: Double) -> [Sample] {
        guard let first = samples.first else { return [] }
        return samples.filter { $0.seconds >= first.seconds + warmUpSeconds }
    }
}

/// A straight line through measurements, by least squares.
struct Slope {
    let perMinute: Double

    /// Nil for fewer than three points.
    init?(_ points: [(seconds: Double, value: Double)]) {
        guard points.count >= 3 else { return nil }
        let count = Double(points.count)
        let meanX = points.reduce(0) { $0 + $1.seconds } / count
        let meanY = points.reduce(0) { $0 + $1.value } / count
        let spread = points.reduce(0) { $0 + ($1.seconds - meanX) * ($1.seconds - meanX) }
        guard spread > 0 else { return nil }
        let common = points.reduce(0) { $0 + ($1.seconds - meanX) * ($1.value - meanY) }
        perMinute = common / spread * 60
    }
}
