import Foundation
import GRDB
import SyncCore
import WireFormat

/// Segments that are no longer what their nodes signed, and their return from a peer that holds
/// them: nothing is let go before something that fits is here.
extension Store {
    /// Reads every log. What is whole in itself and only filed wrongly is among what fits already.
    public func damage() throws -> Damage {
        let identity = identity
        return try read { db in try Repair(db, identity: identity).damage }
    }

    /// Replaces what is damaged by what peers sent: of each log all that it lacks, so that it
    /// verifies afterwards, or nothing. Returns how many segments were put in.
    public func repair(with encoded: [[UInt8]]) throws -> Int {
        let identity = identity
        let sent = encoded.compactMap { try? SegmentCodec.decode($0) }
        return try write { db in
            var repair = try Repair(db, identity: identity)
            return try repair.replace(with: sent, identity: identity, at: now)
        }
    }
}

/// One transaction's look at what is damaged.
private struct Repair {
    let db: Database
    let logs: LogTable
    private let roll: SignerRoll
    private(set) var damage = Damage()
    /// Keys of rows that are to go, by their runs.
    private var damaged: [Int64: [ChangeKey]] = [:]
    /// Rows of runs that do not exist.
    private var strays: [ChangeKey] = []

    init(_ db: Database, identity: Identity) throws {
        self.db = db
        if let problem = try StructureCheck.problems(db).first { throw StoreError.damaged(problem) }
        logs = try LogTable(db)
        roll = try SignerRoll(db, logs: logs, identity: identity)
        for log in logs.ids.keys.sorted() {
            for run in logs.tree(of: log)?.runs ?? [] { try inspect(run, of: log) }
        }
        strays = try Int64.fetchAll(
            db,
            sql: """
                SELECT key FROM segment
                WHERE key >> \(ChangeKey.sequenceBits) NOT IN (SELECT id FROM run)
                """
        ).map(ChangeKey.init(rawValue:))
        // A row whose key alone is wrong: its own bytes are as good as a peer's.
        for key in damaged.keys.sorted().flatMap({ damaged[$0] ?? [] }) + strays {
            if let segment = try readable(key) { _ = damage.take(segment) }
        }
    }

    private mutating func inspect(_ run: Run, of log: LogID) throws {
        var gap = Damage.Gap(
            run: run, log: log, signers: roll.signers(of: log.node),
            sealedEnd: try sealedEnd(of: run))
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT key, first_sequence, last_hash, encoded FROM segment
                WHERE key BETWEEN ? AND ? ORDER BY key
                """, arguments: Self.bounds(run))
        while let row = try rows.next() {
            let key = ChangeKey(rawValue: row[0])
            if let segment = try? SegmentCodec.decode(row.bytes(3)), gap.isSigned(segment),
                SegmentTable.fits(segment, key: key, row)
            {
                gap.hold(segment)
            } else {
                damaged[run.id, default: []].append(key)
            }
        }
        // Also a row that is missing where it belongs: its key was damaged.
        if damaged[run.id] != nil || !gap.isFilled {
            damage.add(gap, among: logs.trees(in: log.scope))
        }
    }

    private func sealedEnd(of run: Run) throws -> UInt64 {
        let first = try Int64.fetchOne(
            db, sql: "SELECT min(key) FROM tail WHERE key BETWEEN ? AND ?",
            arguments: Self.bounds(run))
        return first.map { ChangeKey(rawValue: $0).sequence - 1 } ?? run.last.sequence
    }

    private static func bounds(_ run: Run) -> StatementArguments {
        [
            ChangeKey(run: run.id, sequence: 1).rawValue,
            ChangeKey(run: run.id, sequence: Limits.sequenceMax).rawValue,
        ]
    }

    private func readable(_ key: ChangeKey) throws -> Segment? {
        try Row.fetchOne(
            db, sql: "SELECT encoded FROM segment WHERE key = ?", arguments: [key.rawValue]
        ).flatMap { try? SegmentCodec.decode($0.bytes(0)) }
    }

    // MARK: Replacing

    mutating func replace(
        with sent: [Segment], identity: Identity, at now: Int64
    ) throws -> Int {
        for segment in sent { _ = damage.take(segment) }
        var count = 0
        var isWhole = true
        for log in damage.logs {
            let runs = Set(damage.gaps.values.filter { $0.log == log }.map(\.run.id))
            let fillings = damage.fillings.filter { runs.contains($0.run) }
            var isMended = false
            try db.inSavepoint {
                for key in runs.flatMap({ damaged[$0] ?? [] }) { try delete(key) }
                for filling in fillings {
                    try SegmentTable.insert(
                        filling.encoded, run: filling.run, firstSequence: filling.firstSequence,
                        last: filling.last, at: now, db)
                }
                var check = LogCheck(db, identity: identity, logs: logs)
                if let tree = logs.tree(of: log) {
                    try check.checkChains(tree, signers: roll.signers(of: log.node))
                }
                isMended = check.result.isSound
                return isMended ? .commit : .rollback
            }
            if isMended { count += fillings.count } else { isWhole = false }
        }
        // Until every log is whole, such a row may be what one of them lacks.
        if isWhole { for key in strays { try delete(key) } }
        return count
    }

    private func delete(_ key: ChangeKey) throws {
        try db.execute(sql: "DELETE FROM segment WHERE key = ?", arguments: [key.rawValue])
    }
}
