import Foundation
import GRDB
import SyncCore
import WireFormat

/// Throws the projection away and makes it again from the segments and the open tail.
enum Rebuild {
    /// Tables whose bytes a rebuild must reproduce.
    static let projectionTables = [
        "record", "story", "waiting", "conflict", "natural_key", "member",
    ]

    static func run(_ db: Database, identity: Identity) throws {
        try db.clearSchemaCacheAfterDropping(Schema.dropProjection)
        try db.execute(sql: Schema.projection)
        let logs = try LogTable(db)
        var projector = try Projector(db, hub: identity.hub)
        for run in logs.runs.values.joined().sorted(by: { $0.id < $1.id }) {
            // Segments of one run may overlap: each change counts once.
            var next = run.firstSequence
            try SegmentTable.eachDecoded(
                run: run.id, run.firstSequence...run.last.sequence, db
            ) { segment in
                for change in segment.changes where change.sequence >= next {
                    try projector.add(
                        change, at: ChangeKey(run: run.id, sequence: change.sequence), logs)
                    next = change.sequence + 1
                }
            }
        }
        for row in try Row.fetchAll(db, sql: "SELECT key, hash, entry FROM tail ORDER BY key") {
            let key = ChangeKey(rawValue: row[0])
            let change = try SegmentTable.tailChange(
                key, hash: row.digest(1), entry: row.bytes(2), logs: logs)
            try projector.add(change, at: key, logs)
        }
        try projector.finish(logs)
    }

    /// Over every byte of the projection's tables.
    static func digest(_ db: Database) throws -> Digest {
        var digests: [UInt8] = []
        for table in projectionTables {
            var writer = CBORWriter()
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM \(table) ORDER BY 1, 2")
            while let row = try rows.next() {
                for (_, value) in row {
                    switch value.storage {
                    case .null: writer.null()
                    case .int64(let value): writer.integer(value)
                    case .double: throw StoreError.damaged("a floating point number in \(table)")
                    case .string(let value): writer.text(value)
                    case .blob(let value): writer.byteString(value)
                    }
                }
                // One digest for each row keeps memory flat.
                digests += Digest.sha256(writer.bytes).bytes
                writer = CBORWriter()
                if digests.count > 1 << 20 { digests = Digest.sha256(digests).bytes }
            }
            digests += Array(table.utf8)
        }
        return .sha256(digests)
    }
}

extension Database {
    fileprivate func clearSchemaCacheAfterDropping(_ sql: String) throws {
        try execute(sql: sql)
        clearSchemaCache()
    }
}

extension Store {
    /// Rebuilds the projection. True if it came out byte for byte as it was. Damaged logs are
    /// refused: a good projection must not be replaced by what they say.
    @discardableResult
    public func rebuild() throws -> Bool {
        let identity = identity
        let isEqual = try write { db in
            if let problem = try StructureCheck.problemsOfHistory(db).first {
                throw StoreError.damaged(problem)
            }
            let before = try Rebuild.digest(db)
            try Rebuild.run(db, identity: identity)
            // After, since the keys of nodes are part of the projection.
            var check = LogCheck(db, identity: identity, logs: try LogTable(db))
            try check.run()
            if let problem = check.result.problems.first { throw StoreError.damaged(problem) }
            return try Rebuild.digest(db) == before
        }
        try indexNames()
        return isEqual
    }

    /// Digest of the canonical states of all records of a scope, sorted by id: equal on every
    /// node that stores the same changes.
    public func stateDigest(of scope: Scope) throws -> Digest {
        try reading { reader in
            var states: [(Reference, [UInt8])] = []
            let rows = try Row.fetchCursor(
                reader.db, sql: "SELECT \(RecordTable.columns) FROM record")
            while let row = try rows.next() {
                let record = RecordTable.row(row)
                if !record.key.isAbsent,
                    try reader.logs.log(ofRun: record.key.run).scope != scope
                {
                    continue
                }
                let state = try RecordTable.state(record, logs: reader.logs, hub: identity.hub)
                guard state.record.log.scope == scope else { continue }
                states.append((state.record, Digest.sha256(StateCodec.canonical(state)).bytes))
            }
            states.sort { $0.0 < $1.0 }
            return .sha256(states.flatMap(\.1))
        }
    }
}
