import GRDB
import SyncCore
import WireFormat

/// Missing references of waiting changes.
enum WantedReader {
    static func wanted(_ db: Database, limit: Int) throws -> [Reference] {
        var wanted: Set<Reference> = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT state FROM record WHERE has_story = 1
                AND key IN (SELECT DISTINCT record FROM waiting)
                """)
        while let row = try rows.next(), wanted.count < limit {
            wanted.formUnion(try StateCodec.decode(row.bytes(0)).wanted)
        }
        return Array(wanted.sorted().prefix(limit))
    }
}
