import Foundation
import GRDB
import SyncCore
import WireFormat

/// Open conflicts for reading, from their table.
extension Store {
    public func conflicts(
        type: String? = nil, kind: ConflictClass? = nil, after cursor: String? = nil, limit: Int
    ) throws -> Page<ConflictItem> {
        try reading { reader in
            let start = try cursor.map(Self.place) ?? (Int64.min, "")
            let rows = try Row.fetchCursor(
                reader.db.cachedStatement(
                    sql: """
                        SELECT record, slot, kind, type, detail FROM conflict
                        WHERE (record, slot) > (?1, ?2) AND (?3 IS NULL OR type = ?3)
                        AND (?4 IS NULL OR kind = ?4) ORDER BY record, slot LIMIT ?5
                        """),
                arguments: [start.0, start.1, type, kind.map { Int64($0.rawValue) }, limit + 1])
            var items: [ConflictItem] = []
            var last: (Int64, String)?
            while let row = try rows.next() {
                if items.count == limit, let last {
                    return Page(elements: items, next: "\(last.0).\(last.1)")
                }
                items.append(try Self.conflict(row))
                last = (row[0], row[1])
            }
            return Page(elements: items, next: nil)
        }
    }

    private static func place(_ cursor: String) throws -> (Int64, String) {
        let parts = cursor.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let record = Int64(parts[0]),
            ConflictSlot(parts[1]) != nil || record == 0 && parts[1].hasPrefix("duplicate.")
        else { throw StoreError.badCursor }
        return (record, parts[1])
    }

    private static func conflict(_ row: Row) throws -> ConflictItem {
        guard let kind = ConflictClass(rawValue: UInt8(truncatingIfNeeded: row[2] as Int64)) else {
            throw StoreError.damaged("a conflict row has an unknown class")
        }
        return try ConflictDetail.decode(slot: row[1], kind: kind, type: row[3], row.bytes(4))
    }

    /// An open conflict with the token that a decision about it must bring; nil if it is not open.
    public func conflict(named name: String) throws -> (item: ConflictItem, token: String)? {
        try reading { reader in
            if name.hasPrefix("duplicate.") {
                guard let row = try Self.conflictRow(record: 0, slot: name, reader.db) else {
                    return nil
                }
                let item = try Self.conflict(row)
                // Of the records as they stand, so that a merge covers no edit that nobody saw.
                let records = try item.sides.compactMap { try reader.record($0.reference) }
                return (
                    item, VersionToken.make(records.flatMap { [$0.state.record] + $0.state.heads })
                )
            }
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            guard parts.count == 2, let id = ShortID(parts[0]), let slot = ConflictSlot(parts[1]),
                let record = try reader.row(id),
                let row = try Self.conflictRow(
                    record: record.key.rawValue, slot: slot.name, reader.db)
            else { return nil }
            let state = try RecordTable.state(record, logs: reader.logs, hub: identity.hub)
            let rows = try StoryTable.rows(
                of: record, logs: reader.logs, hub: identity.hub, reader.db)
            let token = try reader.token(
                RecordReader.context(of: slot, state, rows: rows), row: record)
            return (try Self.conflict(row), token.text)
        }
    }

    private static func conflictRow(record: Int64, slot: String, _ db: Database) throws -> Row? {
        try Row.fetchOne(
            db,
            sql: """
                SELECT record, slot, kind, type, detail FROM conflict WHERE record = ? AND slot = ?
                """,
            arguments: [record, slot])
    }
}
