import Foundation
import GRDB
import SyncCore
import WireFormat

/// The open tail: own changes that are in no segment yet.
enum Tail {
    /// The salt secret of a block of an own run, minted when its first change is written.
    static func secret(
        run: Int64, block: UInt64, random: (Int) -> [UInt8], _ db: Database
    ) throws -> SaltSecret {
        if let secret = try findSecret(run: run, block: block, db) { return secret }
        guard let secret = SaltSecret(random(SaltSecret.byteCount)) else {
            preconditionFailure("the random source gives as many bytes as asked")
        }
        try db.execute(
            sql: "INSERT INTO salt (run, block, secret) VALUES (?, ?, ?)",
            arguments: [run, Int64(block), secret.bytes.blob])
        return secret
    }

    /// The secret of changes that were written already.
    static func storedSecret(run: Int64, block: UInt64, _ db: Database) throws -> SaltSecret {
        guard let secret = try findSecret(run: run, block: block, db) else {
            throw StoreError.damaged("the salts of run \(run) are missing")
        }
        return secret
    }

    private static func findSecret(
        run: Int64, block: UInt64, _ db: Database
    ) throws -> SaltSecret? {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT secret FROM salt WHERE run = ? AND block = ?"),
                arguments: [run, Int64(block)])
        else { return nil }
        guard let secret = SaltSecret(row.bytes(0)) else {
            throw StoreError.damaged("a salt secret is not 16 bytes long")
        }
        return secret
    }

    /// Seals every open tail, so that what leaves has borders that are on disk.
    static func sealAll(_ logs: LogTable, identity: Identity, at: Int64, _ db: Database) throws {
        let runs = try Int64.fetchAll(
            db.cachedStatement(
                sql: "SELECT DISTINCT key >> \(ChangeKey.sequenceBits) FROM tail"))
        for run in runs { try seal(run: run, logs, identity: identity, at: at, db) }
    }

    static func isEmpty(_ db: Database) throws -> Bool {
        try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM tail LIMIT 1")) == nil
    }

    /// Seals the tail of one run into as few segments as the limits allow. A segment never
    /// crosses a border between salt blocks, so it needs one secret.
    static func seal(
        run: Int64, _ logs: LogTable, identity: Identity, at: Int64, _ db: Database
    ) throws {
        let log = try logs.log(ofRun: run)
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT key, hash, entry FROM tail WHERE key BETWEEN ? AND ? ORDER BY key"),
            arguments: [
                ChangeKey(run: run, sequence: 1).rawValue,
                ChangeKey(run: run, sequence: Limits.sequenceMax).rawValue,
            ])
        var first = 0
        while first < rows.count {
            let firstSequence = ChangeKey(rawValue: rows[first][0]).sequence
            let block = SaltSecret.block(of: firstSequence)
            var entries: [[UInt8]] = []
            var byteCount = 0
            var end = first
            while end < rows.count {
                let entry = rows[end].bytes(2)
                let sequence = ChangeKey(rawValue: rows[end][0]).sequence
                if SaltSecret.block(of: sequence) != block { break }
                if !entries.isEmpty, byteCount + entry.count > Limits.segmentBytes { break }
                entries.append(entry)
                byteCount += entry.count
                end += 1
            }
            let last = Tip(
                sequence: firstSequence + UInt64(entries.count) - 1,
                hash: try rows[end - 1].digest(1))
            let encoded = SegmentCodec.seal(
                log: log, firstSequence: firstSequence,
                previousHash: try previousHash(run: run, of: firstSequence, db),
                secrets: [try storedSecret(run: run, block: block, db)],
                entries: entries, lastHash: last.hash, key: identity.key)
            try SegmentTable.insert(
                encoded, run: run, firstSequence: firstSequence, last: last, at: at, db)
            first = end
        }
        if let last = rows.last {
            let key = ChangeKey(rawValue: last[0])
            try db.cachedStatement(sql: "DELETE FROM tail WHERE key BETWEEN ? AND ?").execute(
                arguments: [ChangeKey(run: run, sequence: 1).rawValue, key.rawValue])
            // The current block's secret is still needed for its next changes.
            try db.cachedStatement(sql: "DELETE FROM salt WHERE run = ? AND block < ?").execute(
                arguments: [run, Int64(SaltSecret.block(of: key.sequence + 1))])
        }
    }

    /// What is sealed follows what was sealed before: nobody goes on writing a log that forked.
    private static func previousHash(
        run: Int64, of sequence: UInt64, _ db: Database
    ) throws -> Digest {
        if sequence == 1 { return .zero }
        let key = ChangeKey(run: run, sequence: sequence - 1)
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT last_hash FROM segment WHERE key = ?"),
                arguments: [key.rawValue])
        else { throw StoreError.damaged("no segment ends before \(sequence) of \(run)") }
        return try row.digest(0)
    }
}
