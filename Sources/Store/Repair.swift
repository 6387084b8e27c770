import Foundation
import GRDB
import SyncCore
import WireFormat

/// Segments that are no longer what their nodes signed, and their return from a peer that holds
/// them: nothing is let go before something that fits is here.
extension Store {
    /// What to ask a peer, as if every damaged log ended before its damage. Nil: none is damaged.
    public func repairRequest() throws -> ExchangeRequest? {
        let identity = identity
        return try read { db in
            let repair = try Repair(db, identity: identity)
            let clocks = try repair.clocksBeforeDamage()
            if clocks.isEmpty { return nil }
            return ExchangeRequest(
                scopes: clocks.map { scope, clock in
                    ScopeReport(scope: scope, digest: clock.digest, clock: clock)
                })
        }
    }

    /// Replaces what is damaged by what peers sent, all of it or nothing: afterwards every log
    /// verifies. Returns how many segments were put in.
    public func repair(with encoded: [[UInt8]]) throws -> Int {
        let identity = identity
        let sent = encoded.compactMap { try? SegmentCodec.decode($0) }
        return try write { db in
            let count = try Repair(db, identity: identity).replace(with: sent, at: now)
            var check = LogCheck(db, identity: identity, logs: try LogTable(db))
            try check.run()
            if let problem = check.result.problems.first { throw StoreError.damaged(problem) }
            return count
        }
    }
}

/// One transaction's look at what is damaged.
private struct Repair {
    let db: Database
    let logs: LogTable
    private var signers: [NodeID: [Member]] = [:]
    private var damagedRuns: [Run] = []
    /// Keys of rows that are to go, and what each run still holds.
    private var damaged: [ChangeKey] = []
    /// Rows of runs that do not exist.
    private var strays: [ChangeKey] = []
    private var good: [Int64: [ClosedRange<UInt64>]] = [:]

    init(_ db: Database, identity: Identity) throws {
        self.db = db
        if let problem = try StructureCheck.problems(db).first { throw StoreError.damaged(problem) }
        logs = try LogTable(db)
        for log in logs.ids.keys.sorted() {
            signers[log.node] = try MemberTable.signers(of: log.node, identity: identity, db)
            for run in logs.tree(of: log)?.runs ?? [] { try inspect(run, of: log) }
        }
        strays = try Int64.fetchAll(
            db,
            sql: """
                SELECT key FROM segment
                WHERE key >> \(ChangeKey.sequenceBits) NOT IN (SELECT id FROM run)
                """
        ).map(ChangeKey.init(rawValue:))
    }

    private mutating func inspect(_ run: Run, of log: LogID) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT key, first_sequence, last_hash, encoded FROM segment
                WHERE key BETWEEN ? AND ? ORDER BY key
                """,
            arguments: [
                ChangeKey(run: run.id, sequence: 1).rawValue,
                ChangeKey(run: run.id, sequence: Limits.sequenceMax).rawValue,
            ])
        var isDamaged = false
        while let row = try rows.next() {
            let key = ChangeKey(rawValue: row[0])
            if let segment = try? SegmentCodec.decode(row.bytes(3)), isAuthentic(segment, of: log),
                SegmentTable.fits(segment, key: key, row)
            {
                good[run.id, default: []].append(segment.firstSequence...segment.lastSequence)
            } else {
                damaged.append(key)
                isDamaged = true
            }
        }
        if try isDamaged || !isWhole(run) { damagedRuns.append(run) }
    }

    /// A row whose key was damaged is missing where it belongs.
    private func isWhole(_ run: Run) throws -> Bool {
        var next = run.firstSequence
        for range in good[run.id] ?? [] where range.contains(next) { next = range.upperBound + 1 }
        return try next > sealedEnd(of: run)
    }

    private func isAuthentic(_ segment: Segment, of log: LogID) -> Bool {
        segment.log == log
            && (signers[log.node] ?? []).contains { SegmentCodec.isSigned(segment, by: $0.key) }
    }

    private func holds(_ run: Run, _ sequence: UInt64) -> Bool {
        (good[run.id] ?? []).contains { $0.contains(sequence) }
    }

    // MARK: Asking

    func clocksBeforeDamage() throws -> [(Scope, VectorClock)] {
        let scopes = Set(damagedRuns.compactMap { try? logs.log(ofRun: $0.id).scope })
        return try scopes.sorted().map { scope in
            let entries = try logs.trees(in: scope).compactMap { tree in
                let tips = try tree.runs.compactMap(tipBeforeDamage).sorted()
                return tips.isEmpty ? nil : VectorClock.Entry(log: tree.log, tips: tips)
            }
            return (scope, VectorClock(entries))
        }
    }

    private func tipBeforeDamage(_ run: Run) throws -> Tip? {
        guard damagedRuns.contains(where: { $0.id == run.id }) else { return run.last }
        var end = run.firstSequence - 1
        for range in good[run.id] ?? [] where range.contains(end + 1) { end = range.upperBound }
        if end < run.firstSequence { return nil }
        let hash = try SegmentTable.hashes(run: run.id, end...end, db)[end]
        return hash.map { Tip(sequence: end, hash: $0) }
    }

    // MARK: Replacing

    /// Also those whose row alone is wrong: their own bytes are as good as a peer's.
    func replace(with sent: [Segment], at now: Int64) throws -> Int {
        var count = 0
        let own = try (damaged + strays).compactMap(readable)
        for key in damaged + strays {
            try db.execute(sql: "DELETE FROM segment WHERE key = ?", arguments: [key.rawValue])
        }
        for run in damagedRuns {
            let log = try logs.log(ofRun: run.id)
            var taken: Set<UInt64> = []
            let sealed = try sealedEnd(of: run)
            for segment in own + sent where isAuthentic(segment, of: log) {
                let isNeeded =
                    run.firstSequence <= segment.lastSequence && segment.lastSequence <= sealed
                    && !holds(run, segment.lastSequence)
                guard isNeeded, taken.insert(segment.lastSequence).inserted else { continue }
                try SegmentTable.insert(
                    segment.encoded, run: run.id, firstSequence: segment.firstSequence,
                    last: Tip(sequence: segment.lastSequence, hash: segment.lastHash), at: now, db)
                count += 1
            }
        }
        return count
    }

    /// What follows is in the open tail, which no peer has.
    private func sealedEnd(of run: Run) throws -> UInt64 {
        let first = try Int64.fetchOne(
            db, sql: "SELECT min(key) FROM tail WHERE key BETWEEN ? AND ?",
            arguments: [
                ChangeKey(run: run.id, sequence: 1).rawValue,
                ChangeKey(run: run.id, sequence: Limits.sequenceMax).rawValue,
            ])
        return first.map { ChangeKey(rawValue: $0).sequence - 1 } ?? run.last.sequence
    }

    private func readable(_ key: ChangeKey) throws -> Segment? {
        try Row.fetchOne(
            db, sql: "SELECT encoded FROM segment WHERE key = ?", arguments: [key.rawValue]
        ).flatMap { try? SegmentCodec.decode($0.bytes(0)) }
    }
}
