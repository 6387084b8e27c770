import Foundation
import GRDB
import SyncCore
import WireFormat

/// Sealed segments and the open tail: the history itself.
enum SegmentTable {
    static func insert(
        _ encoded: [UInt8], run: Int64, firstSequence: UInt64, last: Tip, at: Int64, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO segment (key, first_sequence, last_hash, stored_at, encoded)
                VALUES (?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            ChangeKey(run: run, sequence: last.sequence).rawValue, Int64(firstSequence),
            last.hash.bytes.blob, at, encoded.blob,
        ])
    }

    /// Hashes of stored changes of a run, in order; whole segments at a time.
    static func hashes(
        run: Int64, _ sequences: ClosedRange<UInt64>, _ db: Database
    ) throws -> [UInt64: Digest] {
        var hashes: [UInt64: Digest] = [:]
        for change in try changes(run: run, sequences, db) { hashes[change.sequence] = change.hash }
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT key, hash FROM tail WHERE key BETWEEN ? AND ?"),
            arguments: bounds(run, sequences))
        while let row = try rows.next() {
            hashes[ChangeKey(rawValue: row[0]).sequence] = try row.digest(1)
        }
        return hashes
    }

    private static func bounds(
        _ run: Int64, _ sequences: ClosedRange<UInt64>
    ) -> StatementArguments {
        [
            ChangeKey(run: run, sequence: sequences.lowerBound).rawValue,
            ChangeKey(run: run, sequence: sequences.upperBound).rawValue,
        ]
    }

    /// Hash of a stored change: from a segment border or the tail if it is there, else by decoding
    /// the segment.
    static func hash(run: Int64, sequence: UInt64, _ db: Database) throws -> Digest {
        let key = ChangeKey(run: run, sequence: sequence)
        if let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT last_hash FROM segment WHERE key = ?1
                    UNION ALL SELECT hash FROM tail WHERE key = ?1
                    """),
            arguments: [key.rawValue])
        {
            return try row.digest(0)
        }
        let decoded = try hashes(run: run, sequence...sequence, db)
        guard let hash = decoded[sequence] else {
            throw StoreError.damaged("change \(sequence) of run \(run) is in no segment")
        }
        return hash
    }

    /// Decoded changes of a run from sealed segments.
    static func changes(
        run: Int64, _ sequences: ClosedRange<UInt64>, _ db: Database
    ) throws -> [Change] {
        var changes: [Change] = []
        try eachDecoded(run: run, sequences, db) { segment in
            changes += segment.changes.filter { sequences.contains($0.sequence) }
        }
        return changes
    }

    /// Whether a row of `key, first_sequence, last_hash, …` says of a segment what it says itself.
    static func fits(_ segment: Segment, key: ChangeKey, _ row: Row) -> Bool {
        key.sequence == segment.lastSequence
            && row[1] as Int64 == Int64(segment.firstSequence)
            && row.bytes(2) == segment.lastHash.bytes
    }

    static func decode(_ encoded: [UInt8]) throws -> Segment {
        do { return try SegmentCodec.decode(encoded) } catch {
            throw StoreError.damaged("a stored segment is \(error.rule.name) at \(error.position)")
        }
    }

    /// The segments that touch a stretch of a run, in order, until the body says stop.
    static func eachSegment(
        run: Int64, _ sequences: ClosedRange<UInt64>, _ db: Database,
        _ body: (_ encoded: [UInt8], _ first: UInt64) throws -> Bool
    ) throws {
        try eachRow(run: run, sequences, db) { row, first in try body(row.bytes(0), first) }
    }

    /// Decoded. A flipped bit must not be taken for another history: the hash that was filed with a
    /// segment covers all that it says.
    static func eachDecoded(
        run: Int64, _ sequences: ClosedRange<UInt64>, _ db: Database,
        _ body: (Segment) throws -> Void
    ) throws {
        try eachRow(run: run, sequences, db) { row, _ in
            let segment = try decode(row.bytes(0))
            guard try segment.lastHash == row.digest(2) else {
                throw StoreError.damaged(
                    "the segment of \(segment.log) through \(segment.lastSequence) is not as it came"
                )
            }
            try body(segment)
            return true
        }
    }

    private static func eachRow(
        run: Int64, _ sequences: ClosedRange<UInt64>, _ db: Database,
        _ body: (Row, _ first: UInt64) throws -> Bool
    ) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT encoded, first_sequence, last_hash FROM segment
                    WHERE key BETWEEN ? AND ? ORDER BY key
                    """),
            arguments: [
                ChangeKey(run: run, sequence: sequences.lowerBound).rawValue,
                ChangeKey(run: run, sequence: Limits.sequenceMax).rawValue,
            ])
        while let row = try rows.next() {
            let first = try row.sequence(1)
            if first > sequences.upperBound { break }
            if try !body(row, first) { break }
        }
    }

    /// A stored change, wherever it is.
    static func change(_ key: ChangeKey, logs: LogTable, _ db: Database) throws -> Change? {
        if let sealed = try changes(run: key.run, key.sequence...key.sequence, db).first {
            return sealed
        }
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT hash, entry FROM tail WHERE key = ?"),
                arguments: [key.rawValue])
        else { return nil }
        return try tailChange(key, hash: row.digest(0), entry: row.bytes(1), logs: logs)
    }

    static func tailChange(
        _ key: ChangeKey, hash: Digest, entry: [UInt8], logs: LogTable
    ) throws -> Change {
        try ChangeCodec.change(
            log: logs.log(ofRun: key.run), sequence: key.sequence, entry: entry, hash: hash)
    }
}
