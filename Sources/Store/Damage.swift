import SyncCore
import SyncSession
import WireFormat

/// What a node's logs lack of what their nodes signed, and what came to fill it. A value: asking a
/// peer takes as many exchanges as it takes, and no transaction waits meanwhile.
public struct Damage: Sendable {
    /// A run of which something is missing.
    struct Gap: Sendable {
        let run: Run
        let log: LogID
        let signers: [Member]
        /// What follows is in the open tail, which no peer has.
        let sealedEnd: UInt64
        /// Ascending by their ends, which need not follow each other.
        private(set) var held: [(sequences: ClosedRange<UInt64>, hash: Digest)] = []
        /// Hashes that the neighbours of what is missing name.
        private var known: [UInt64: Digest]

        init(run: Run, log: LogID, signers: [Member], sealedEnd: UInt64) {
            self.run = run
            self.log = log
            self.signers = signers
            self.sealedEnd = sealedEnd
            known = [run.last.sequence: run.last.hash]
        }

        mutating func hold(_ segment: Segment) {
            let range = segment.firstSequence...segment.lastSequence
            let place = held.lastIndex { $0.sequences.upperBound < range.upperBound }
            held.insert((range, segment.lastHash), at: place.map { $0 + 1 } ?? 0)
            known[segment.lastSequence] = segment.lastHash
            if segment.firstSequence > run.firstSequence {
                known[segment.firstSequence - 1] = segment.previousHash
            }
        }

        /// The end of what is there without a gap; nil: not even the first change.
        var reach: Tip? {
            var tip: Tip?
            var next = run.firstSequence
            for part in held where part.sequences.contains(next) {
                next = part.sequences.upperBound + 1
                tip = Tip(sequence: part.sequences.upperBound, hash: part.hash)
            }
            return next > sealedEnd ? run.last : tip
        }

        var isFilled: Bool { reach == run.last }

        func isSigned(_ segment: Segment) -> Bool {
            segment.log == log
                && signers.contains { SegmentCodec.isSigned(segment, by: $0.key) }
        }

        /// Of the log's branches it may belong to another one.
        func lacks(_ segment: Segment) -> Bool {
            let last = segment.lastSequence
            guard run.firstSequence <= last, last <= sealedEnd, segment.firstSequence > 0,
                !held.contains(where: { $0.sequences.contains(last) })
            else { return false }
            if let hash = known[last], hash != segment.lastHash { return false }
            guard let before = known[segment.firstSequence - 1] else { return true }
            return before == segment.previousHash
        }
    }

    /// What goes into the place of what is missing.
    struct Filling: Sendable {
        let run: Int64
        let firstSequence: UInt64
        let last: Tip
        let encoded: [UInt8]
    }

    private(set) var gaps: [Int64: Gap] = [:]
    private(set) var fillings: [Filling] = []
    /// Of the scopes in which something is missing.
    private var trees: [Scope: [HashTree]] = [:]
    private var givenUp: Set<LogID> = []

    mutating func add(_ gap: Gap, among trees: [HashTree]) {
        gaps[gap.run.id] = gap
        self.trees[gap.log.scope] = trees
    }

    /// Logs of which something is missing, whatever came meanwhile.
    public var logs: [LogID] { Set(gaps.values.map(\.log)).sorted() }

    /// Logs of which something is still missing.
    public var lackingLogs: [LogID] {
        Set(gaps.values.filter { !$0.isFilled }.map(\.log)).sorted()
    }

    /// What came and fits, as `Store.repair(with:)` takes it.
    public var segments: [[UInt8]] { fillings.map(\.encoded) }

    /// Keeps what fits. Returns how many segments did.
    public mutating func take(_ encoded: [[UInt8]]) -> Int {
        encoded.count { bytes in
            (try? SegmentCodec.decode(bytes)).map { take($0) } ?? false
        }
    }

    mutating func take(_ segment: Segment) -> Bool {
        let place = gaps.values.filter { $0.log == segment.log && $0.lacks(segment) }
            .min { $0.run.id < $1.run.id }
        guard let place, place.isSigned(segment) else { return false }
        gaps[place.run.id]?.hold(segment)
        fillings.append(
            Filling(
                run: place.run.id, firstSequence: segment.firstSequence,
                last: Tip(sequence: segment.lastSequence, hash: segment.lastHash),
                encoded: segment.encoded))
        return true
    }

    // MARK: Asking

    /// Nothing of an answer fits: the next request asks for logs of which it said nothing.
    public mutating func giveUp(after answer: ExchangeAnswer) {
        let sent = answer.segments.compactMap { (try? SegmentCodec.decode($0))?.log }
        let asked = Set(lackingLogs).subtracting(givenUp)
        let answered = asked.intersection(sent)
        givenUp.formUnion(answered.isEmpty ? asked : answered)
    }

    /// What to ask a peer next, as if every log ended before what it lacks. Nil: there is nothing
    /// to ask for.
    public func request(answerBudgetBytes: Int = Limits.exchangeBudgetBytes) -> ExchangeRequest? {
        let scopes = Set(lackingLogs.filter { !givenUp.contains($0) }.map(\.scope))
        if scopes.isEmpty { return nil }
        return ExchangeRequest(
            scopes: scopes.sorted().map { scope in
                let clock = clock(of: scope)
                return ScopeReport(scope: scope, digest: clock.digest, clock: clock)
            }, answerBudgetBytes: answerBudgetBytes)
    }

    private func clock(of scope: Scope) -> VectorClock {
        VectorClock(
            (trees[scope] ?? []).compactMap { tree in
                let tips = tree.runs.compactMap { shownTip($0, of: tree) }.sorted()
                return tips.isEmpty ? nil : VectorClock.Entry(log: tree.log, tips: tips)
            })
    }

    /// A tip says that all before it is here, also of the stretch that it branched from.
    private func shownTip(_ run: Run, of tree: HashTree) -> Tip? {
        if givenUp.contains(tree.log) { return run.last }
        var parent = run.parent
        while let point = parent, let stretch = tree.run(point.run) {
            guard let reach = reach(stretch), reach.sequence >= point.sequence else { return nil }
            parent = stretch.parent
        }
        return reach(run)
    }

    private func reach(_ run: Run) -> Tip? { gaps[run.id].map(\.reach) ?? run.last }
}
