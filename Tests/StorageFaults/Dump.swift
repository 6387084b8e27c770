import Foundation
import GRDB
import SyncCore
import WireFormat

@testable import Store

/// Every row of every table of a node, as one digest for each table.
struct Dump: Hashable, CustomStringConvertible {
    let digests: [String: Digest]

    /// How often something was refused depends on how often it was sent.
    private static let refusals =
        "SELECT at_hub, rule, log, first_sequence, position FROM refusal ORDER BY 1, 2, 3, 4, 5"
    private static let names = "SELECT rowid, pairs FROM name_index ORDER BY 1"

    init(of store: Store, leavingOut notes: Set<String> = []) throws {
        digests = try store.read { try Self.digests($0, leavingOut: notes) }
    }

    /// Without times, which people are told and which decide nothing.
    static func withoutNotes(of store: Store) throws -> Dump {
        try Dump(of: store, leavingOut: ["stored_at", "noted_at"])
    }

    private static func digests(
        _ db: Database, leavingOut notes: Set<String>
    ) throws -> [String: Digest] {
        let tables = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_schema WHERE type = 'table'
                AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'name_index%'
                """)
        var digests = ["name_index": try digest(names, db), "refusal": try digest(refusals, db)]
        for table in tables where table != "refusal" {
            let columns = try db.columns(in: table).map(\.name).filter { !notes.contains($0) }
            let order = columns.indices.prefix(2).map { "\($0 + 1)" }.joined(separator: ", ")
            let list = columns.joined(separator: ", ")
            digests[table] = try digest("SELECT \(list) FROM \(table) ORDER BY \(order)", db)
        }
        return digests
    }

    private static func digest(_ sql: String, _ db: Database) throws -> Digest {
        var writer = CBORWriter()
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() {
            for (_, value) in row {
                switch value.storage {
                case .null: writer.null()
                case .int64(let value): writer.integer(value)
                case .double(let value): writer.text("\(value)")
                case .string(let value): writer.text(value)
                case .blob(let value): writer.byteString(value)
                }
            }
        }
        return .sha256(writer.bytes)
    }

    func tablesThatDiffer(from other: Dump) -> [String] {
        Set(digests.keys).union(other.digests.keys).sorted().filter {
            digests[$0] != other.digests[$0]
        }
    }

    /// Without what a rebuild indexes by the way.
    var withoutNames: [String: Digest] {
        digests.filter { $0.key != "name_index" && $0.key != "name_queue" }
    }

    var description: String {
        digests.keys.sorted().map { "\($0) \(digests[$0]?.prefix ?? 0)" }.joined(separator: " ")
    }
}
