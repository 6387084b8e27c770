import GRDB
import SyncCore
import WireFormat

/// Missing references of waiting changes.
enum WantedReader {
    /// A peer must not make every exchange read a million waiting records.
    static let rowLimit = 256

    static func wanted(_ db: Database, limit: Int) throws -> [Reference] {
        var wanted: Set<Reference> = []
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT state FROM record WHERE has_story = 1
                    AND key IN (SELECT DISTINCT record FROM waiting LIMIT \(rowLimit))
                    """))
        while let row = try rows.next(), wanted.count < limit {
            wanted.formUnion(try StateCodec.decode(row.bytes(0)).wanted)
        }
        return Array(wanted.sorted().prefix(limit))
    }
}
