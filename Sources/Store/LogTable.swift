import Foundation
import GRDB
import SyncCore
import WireFormat

/// Logs and their runs as one transaction sees them. Small: a row for each node, scope and lane.
struct LogTable {
    private(set) var ids: [LogID: Int64] = [:]
    private(set) var logs: [Int64: LogID] = [:]
    private(set) var runs: [Int64: [Run]] = [:]
    private(set) var logOfRun: [Int64: Int64] = [:]

    init(_ db: Database) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT id, node, incarnation, scope, lane FROM log"))
        while let row = try rows.next() {
            guard let node = NodeID(row[1]), let scope = Scope(row[3]),
                let lane = Lane(rawValue: UInt8(truncatingIfNeeded: row[4] as Int64))
            else { throw StoreError.damaged("the name of log \(row[0] as Int64) cannot be read") }
            let log = LogID(node: node, incarnation: row.prefix(2), scope: scope, lane: lane)
            ids[log] = row[0]
            logs[row[0]] = log
        }
        let runRows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT id, log, parent_run, parent_sequence, first_sequence, last_sequence,
                    last_hash FROM run ORDER BY id
                    """))
        while let row = try runRows.next() {
            let parent = try (row[2] as Int64?).map {
                Run.Point(run: $0, sequence: try row.sequence(3))
            }
            let run = Run(
                id: row[0], parent: parent, firstSequence: try row.sequence(4),
                last: Tip(sequence: try row.sequence(5), hash: try row.digest(6)))
            guard ChangeKey.runs.contains(run.id), run.firstSequence <= run.last.sequence,
                parent != nil || row[3] as DatabaseValue == .null
            else {
                throw StoreError.damaged("the row of run \(run.id) contradicts itself")
            }
            runs[row[1], default: []].append(run)
            logOfRun[run.id] = row[1]
        }
    }

    func tree(of log: LogID) -> HashTree? {
        ids[log].map { HashTree(log: log, runs: runs[$0] ?? []) }
    }

    func trees(in scope: Scope) -> [HashTree] {
        ids.keys.filter { $0.scope == scope }.sorted().compactMap(tree).filter { !$0.runs.isEmpty }
    }

    func clock(of scope: Scope) -> VectorClock {
        VectorClock(trees(in: scope).map { VectorClock.Entry(log: $0.log, tips: $0.tips) })
    }

    func report(of scope: Scope) -> ScopeReport {
        let clock = clock(of: scope)
        return ScopeReport(scope: scope, digest: clock.digest, clock: clock)
    }

    func log(ofRun run: Int64) throws -> LogID {
        guard let log = logOfRun[run].flatMap({ logs[$0] }) else {
            throw StoreError.damaged("run \(run) belongs to no log")
        }
        return log
    }

    func reference(_ key: ChangeKey, prefix: UInt64) throws -> Reference {
        Reference(log: try log(ofRun: key.run), sequence: key.sequence, prefix: prefix)
    }

    /// Runs of a log that cover a sequence.
    func candidates(log: LogID, sequence: UInt64) -> [ChangeKey] {
        guard let id = ids[log] else { return [] }
        return (runs[id] ?? [])
            .filter { ($0.firstSequence...$0.last.sequence).contains(sequence) }
            .map { ChangeKey(run: $0.id, sequence: sequence) }
    }

    /// Another branch or another log of this node would make clocks too long for everybody.
    func isFull(of log: LogID) -> Bool {
        let branches = ids[log].flatMap { runs[$0] }?.count ?? 0
        if branches >= Limits.tipsPerLog { return true }
        let ofNode = ids.reduce(0) { sum, entry in
            entry.key.node == log.node ? sum + (runs[entry.value]?.count ?? 0) : sum
        }
        return ofNode >= Limits.tipsPerNode
    }

    // MARK: Writing

    mutating func id(of log: LogID, _ db: Database) throws -> Int64 {
        if let id = ids[log] { return id }
        try db.execute(
            sql: "INSERT INTO log (node, incarnation, scope, lane) VALUES (?, ?, ?, ?)",
            arguments: [
                log.node.name, Int64(bitPattern: log.incarnation), log.scope.description,
                Int64(log.lane.rawValue),
            ])
        let id = db.lastInsertedRowID
        ids[log] = id
        logs[id] = log
        return id
    }

    /// Makes a run longer, or begins one: after `parent`, or at sequence 1.
    mutating func extend(
        _ log: LogID, run: Int64?, parent: Run.Point?, firstSequence: UInt64, last: Tip,
        _ db: Database
    ) throws -> Int64 {
        let logID = try id(of: log, db)
        if let run, let index = runs[logID]?.firstIndex(where: { $0.id == run }) {
            try db.cachedStatement(
                sql: "UPDATE run SET last_sequence = ?, last_hash = ? WHERE id = ?"
            ).execute(arguments: [Int64(last.sequence), last.hash.bytes.blob, run])
            let before = runs[logID]![index]
            runs[logID]![index] = Run(
                id: run, parent: before.parent, firstSequence: before.firstSequence, last: last)
            return run
        }
        try db.execute(
            sql: """
                INSERT INTO run (log, parent_run, parent_sequence, first_sequence, last_sequence,
                last_hash) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                logID, parent?.run, parent.map { Int64($0.sequence) }, Int64(firstSequence),
                Int64(last.sequence), last.hash.bytes.blob,
            ])
        let id = db.lastInsertedRowID
        runs[logID, default: []].append(
            Run(id: id, parent: parent, firstSequence: firstSequence, last: last))
        logOfRun[id] = logID
        return id
    }
}
