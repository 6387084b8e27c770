import Foundation
import GRDB
import SyncCore
import WireFormat

/// What came of one segment.
public enum Applied: Sendable {
    case stored(changes: Int)
    /// Every change was stored already.
    case known
    case refused(Refusal)
}

public struct ApplyReport: Sendable {
    /// One for each segment, in order.
    public var results: [(last: Reference?, result: Applied)] = []
    public var scopes: Set<Scope> = []
    /// Logs that got another branch: two machines wrote under one name, or one went back in time.
    public var forked: [LogID] = []
    /// The node learned of changes of its own that it had lost, and goes on under a new name.
    public var didMint = false

    public var newChanges: Int {
        results.reduce(0) { sum, entry in
            if case .stored(let changes) = entry.result { sum + changes } else { sum }
        }
    }

    public var refusals: [Refusal] {
        results.compactMap { if case .refused(let refusal) = $0.result { refusal } else { nil } }
    }

    /// Last changes of the segments that are now stored.
    public var held: [Reference] {
        results.compactMap { entry in
            if case .refused = entry.result { nil } else { entry.last }
        }
    }
}

/// The write door for what other nodes did: segments of one message in one transaction. A refused
/// segment leaves nothing behind and stops no other.
struct ApplyDoor {
    let db: Database
    let identity: Identity
    var logs: LogTable
    /// Milliseconds UTC.
    let now: Int64
    /// At the hub: who relays, and the scopes granted to it. Nil at a county.
    let sender: Member?
    private var projector: Projector
    private var forked: Set<LogID> = []
    /// Changes of the current incarnation came that were not stored here.
    private(set) var hasLearnedOwn = false
    private var signersByNode: [NodeID: [Member]] = [:]

    init(_ db: Database, identity: Identity, now: Int64, sender: Member?) throws {
        self.db = db
        self.identity = identity
        self.now = now
        self.sender = sender
        logs = try LogTable(db)
        projector = try Projector(db, hub: identity.hub)
    }

    /// Takes segments until so many changes were new, and adds what came of them.
    mutating func apply(
        _ decoding: SegmentDecoding, atMost limit: Int, _ report: inout ApplyReport
    ) throws {
        var left = limit
        while left > 0, let item = decoding.next() {
            switch item {
            case .failure(let refusal): try refuse(refusal, nil, &report)
            case .success(let decoded):
                let segment = decoded.segment
                let result = try apply(decoded)
                switch result {
                case .refused(let refusal): try refuse(refusal, segment.last, &report)
                case .known: report.results.append((segment.last, result))
                case .stored(let changes):
                    report.results.append((segment.last, result))
                    report.scopes.insert(segment.log.scope)
                    left -= changes
                }
            }
        }
        try projector.finish(logs)
        report.forked = forked.union(report.forked).sorted()
    }

    private func refuse(
        _ refusal: Refusal, _ last: Reference?, _ report: inout ApplyReport
    ) throws {
        report.results.append((last, .refused(refusal)))
        try RefusalTable.note(refusal, atHub: false, at: now, db)
    }

    private mutating func apply(_ decoded: SegmentDecoding.Decoded) throws -> Applied {
        let segment = decoded.segment
        if let rule = try refusal(of: decoded) {
            return .refused(
                Refusal(rule, log: segment.log, firstSequence: segment.firstSequence))
        }
        guard let place = try attach(segment) else {
            return .refused(
                Refusal(.gap, log: segment.log, firstSequence: segment.firstSequence))
        }
        let fresh = segment.changes[place.knownCount...]
        guard let first = fresh.first else { return .known }
        if place.run == nil, logs.isFull(of: segment.log) {
            return .refused(
                Refusal(.tooLarge, log: segment.log, firstSequence: segment.firstSequence))
        }
        if place.run == nil, !(logs.tree(of: segment.log)?.runs ?? []).isEmpty {
            forked.insert(segment.log)
        }
        let last = Tip(sequence: segment.lastSequence, hash: segment.lastHash)
        let run = try logs.extend(
            segment.log, run: place.run, parent: place.parent, firstSequence: first.sequence,
            last: last, db)
        try SegmentTable.insert(
            segment.encoded, run: run, firstSequence: segment.firstSequence, last: last, at: now, db
        )
        for change in fresh {
            try projector.add(change, at: ChangeKey(run: run, sequence: change.sequence), logs)
        }
        if segment.log.node == identity.node, segment.log.incarnation == identity.incarnation {
            hasLearnedOwn = true
        }
        // Registrations count for what follows in the same message.
        if segment.log.lane == .control {
            try projector.finish(logs)
            signersByNode = [:]
        }
        return .stored(changes: fresh.count)
    }

    // MARK: Structural checks

    private mutating func refusal(of decoded: SegmentDecoding.Decoded) throws -> RefusalRule? {
        let log = decoded.segment.log
        let signers = try signers(of: log.node)
        guard !signers.isEmpty else { return .unknownNode }
        let granted = signers.filter { $0.isGranted(log.scope) }
        guard !granted.isEmpty, holds(log.scope) else { return .scopeNotGranted }
        guard granted.contains(where: { decoded.isSigned(by: $0.key) }) else {
            return .badSignature
        }
        return touchesRegistrations(decoded.segment) ? .inconsistent : nil
    }

    /// The hub's control records say whose signatures count: nobody else writes them.
    private func touchesRegistrations(_ segment: Segment) -> Bool {
        guard segment.log.node != identity.hub else { return false }
        return segment.changes.contains { change in
            guard case .of(let record) = change.record else { return false }
            return record.log.node == identity.hub && record.log.lane == .control
        }
    }

    private func holds(_ scope: Scope) -> Bool {
        switch identity.role {
        case .county: identity.ownScopes.contains(scope)
        case .hub: sender.map { $0.scopes.contains(scope) } ?? true
        }
    }

    private mutating func signers(of node: NodeID) throws -> [Member] {
        if let cached = signersByNode[node] { return cached }
        let found = try MemberTable.signers(of: node, identity: identity, db)
        signersByNode[node] = found
        return found
    }

    // MARK: Attaching

    private struct Place {
        /// The run to make longer; nil begins one.
        let run: Int64?
        let parent: Run.Point?
        /// Changes at the start of the segment that are stored already.
        let knownCount: Int
    }

    /// Where the segment's first unknown change belongs; nil if not even its predecessor is here.
    private func attach(_ segment: Segment) throws -> Place? {
        let runs = logs.tree(of: segment.log)?.runs ?? []
        // The ordinary case: it continues a run.
        if segment.firstSequence > 1,
            let run = runs.first(where: {
                $0.last == Tip(sequence: segment.firstSequence - 1, hash: segment.previousHash)
            })
        {
            return Place(run: run.id, parent: nil, knownCount: 0)
        }
        guard var place = try predecessor(of: segment, runs) else { return nil }
        let stored = try storedHashes(beside: segment, runs)
        for (index, change) in segment.changes.enumerated() {
            guard let next = child(of: place, equal: change, runs, stored) else {
                guard let point = place else {
                    return Place(run: nil, parent: nil, knownCount: index)
                }
                let isEnd = runs.contains {
                    $0.id == point.run && $0.last.sequence == point.sequence
                }
                return Place(
                    run: isEnd ? point.run : nil, parent: isEnd ? nil : point, knownCount: index)
            }
            place = next
        }
        return Place(run: nil, parent: nil, knownCount: segment.changes.count)
    }

    /// Outer nil: not stored. Inner nil: before sequence 1.
    private func predecessor(of segment: Segment, _ runs: [Run]) throws -> Run.Point?? {
        if segment.firstSequence == 1 { return .some(nil) }
        let sequence = segment.firstSequence - 1
        for run in runs where (run.firstSequence...run.last.sequence).contains(sequence) {
            let hashes = try SegmentTable.hashes(run: run.id, sequence...sequence, db)
            if hashes[sequence] == segment.previousHash {
                return .some(Run.Point(run: run.id, sequence: sequence))
            }
        }
        return nil
    }

    /// Hashes of what each run stores at the segment's places, each stored segment decoded once.
    private func storedHashes(
        beside segment: Segment, _ runs: [Run]
    ) throws -> [Int64: [UInt64: Digest]] {
        var stored: [Int64: [UInt64: Digest]] = [:]
        for run in runs {
            let first = max(run.firstSequence, segment.firstSequence)
            let last = min(run.last.sequence, segment.lastSequence)
            if first <= last {
                stored[run.id] = try SegmentTable.hashes(run: run.id, first...last, db)
            }
        }
        return stored
    }

    private func child(
        of place: Run.Point?, equal change: Change, _ runs: [Run],
        _ stored: [Int64: [UInt64: Digest]]
    ) -> Run.Point? {
        let candidates = runs.filter { run in
            if let place, run.id == place.run { return run.last.sequence >= change.sequence }
            return run.parent == place && run.firstSequence == change.sequence
        }
        return candidates.first { stored[$0.id]?[change.sequence] == change.hash }
            .map { Run.Point(run: $0.id, sequence: change.sequence) }
    }
}
