import Foundation
import GRDB
import SyncCore
import WireFormat

/// Checks chains, signatures and receipts.
struct LogCheck {
    let db: Database
    let identity: Identity
    let logs: LogTable
    var result = Verification()
    /// Full hash of every change checked, for receipts and branchings.
    private var hashes: [ChangeKey: Digest] = [:]

    init(_ db: Database, identity: Identity, logs: LogTable) {
        self.db = db
        self.identity = identity
        self.logs = logs
    }

    mutating func run() throws {
        for log in logs.ids.keys.sorted() { try run(log) }
    }

    private mutating func run(_ log: LogID) throws {
        guard let tree = logs.tree(of: log) else { return }
        result.logs += 1
        try checkChains(
            tree, signers: MemberTable.signers(of: log.node, identity: identity, db))
        try checkReceipts(tree)
        hashes = [:]
    }

    mutating func checkChains(_ tree: HashTree, signers: [Member]) throws {
        if signers.isEmpty { problem("\(tree.log): the node's key is not registered") }
        for run in tree.runs { try check(run, tree.log, signers) }
    }

    private mutating func problem(_ text: String) { result.problems.append(text) }

    private mutating func check(_ run: Run, _ log: LogID, _ signers: [Member]) throws {
        var expected = run.firstSequence
        var previous =
            run.parent.map { hashes[ChangeKey(run: $0.run, sequence: $0.sequence)] } ?? .zero
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT key, first_sequence, last_hash, encoded FROM segment
                WHERE key BETWEEN ? AND ? ORDER BY key
                """,
            arguments: Self.bounds(run))
        for row in rows {
            let segment: Segment
            do { segment = try SegmentCodec.decode(row.bytes(3)) } catch {
                return problem("\(log): a segment is \(error.rule.name) at byte \(error.position)")
            }
            result.segments += 1
            guard segment.log == log else {
                return problem("\(log): holds a segment of \(segment.log)")
            }
            guard SegmentTable.fits(segment, key: ChangeKey(rawValue: row[0]), row) else {
                return problem(
                    "\(log): the segment through \(segment.lastSequence) is filed as another")
            }
            if signers.contains(where: { SegmentCodec.isSigned(segment, by: $0.key) }) {
                result.signatures += 1
            } else {
                problem(
                    "\(log): the segment through \(segment.lastSequence) is not signed by its node")
            }
            guard segment.firstSequence <= expected else {
                return problem("\(log): \(segment.firstSequence) follows \(expected - 1)")
            }
            // It may begin with changes that are stored before it, too: the same ones.
            let overlap = min(Int(expected - segment.firstSequence), segment.changes.count)
            let link = overlap == 0 ? segment.previousHash : segment.changes[overlap - 1].hash
            let before =
                overlap == segment.changes.count && segment.lastSequence + 1 != expected
                ? hashes[ChangeKey(run: run.id, sequence: segment.lastSequence)] : previous
            guard link == before else {
                return problem("\(log): the chain breaks before \(expected)")
            }
            for change in segment.changes[overlap...] {
                hashes[ChangeKey(run: run.id, sequence: change.sequence)] = change.hash
                previous = change.hash
                expected += 1
                result.changes += 1
            }
        }
        let tail = try Row.fetchAll(
            db, sql: "SELECT key, hash, entry FROM tail WHERE key BETWEEN ? AND ? ORDER BY key",
            arguments: Self.bounds(run))
        for row in tail {
            let key = ChangeKey(rawValue: row[0])
            guard key.sequence == expected, let before = previous else {
                return problem("\(log): the open tail does not follow \(expected - 1)")
            }
            let hash = try? tailHash(key, log, previous: before, entry: row.bytes(2))
            guard let hash, hash == (try row.digest(1)) else {
                return problem("\(log): change \(key.sequence) does not have its hash")
            }
            hashes[key] = hash
            previous = hash
            expected += 1
            result.changes += 1
        }
        if expected != run.last.sequence + 1 {
            problem("\(log): the log ends at \(expected - 1), not at \(run.last.sequence)")
        } else if previous != run.last.hash {
            problem("\(log): the log ends with another change than was stored")
        }
    }

    private static func bounds(_ run: Run) -> StatementArguments {
        [
            ChangeKey(run: run.id, sequence: 1).rawValue,
            ChangeKey(run: run.id, sequence: Limits.sequenceMax).rawValue,
        ]
    }

    private func tailHash(
        _ key: ChangeKey, _ log: LogID, previous: Digest, entry: [UInt8]
    ) throws -> Digest {
        let secret = try Tail.storedSecret(
            run: key.run, block: SaltSecret.block(of: key.sequence), db)
        let parts = try ChangeCodec.split(entry: entry)
        return ChangeHash.change(
            place: ChangeCodec.place(log: log, sequence: key.sequence, previousHash: previous),
            headerBytes: parts.headerBytes.span.bytes,
            payload: ChangeHash.payload(
                parts.payloadBytes.span.bytes, salt: secret.salt(for: key.sequence)))
    }

    private mutating func checkReceipts(_ tree: HashTree) throws {
        for (receipt, _) in try ReceiptTable.all(logs: logs, db) where receipt.log == tree.log {
            result.receipts += 1
            if !ReceiptCodec.isSigned(receipt, by: identity.hubKey) {
                problem("\(tree.log): the receipt through \(receipt.sequence) is not the hub's")
            }
            let isHeld = logs.candidates(log: tree.log, sequence: receipt.sequence)
                .contains { hashes[$0] == receipt.hash }
            if !isHeld {
                problem("\(tree.log): the receipt through \(receipt.sequence) is for other changes")
            }
        }
    }
}
