import Foundation
import GRDB
import Records
import SyncCore
import WireFormat

/// One side of a conflict, with what a reviewer needs to judge it.
public struct ConflictSide: Hashable, Sendable {
    public let reference: Reference
    public let kind: ChangeKind
    public let author: String
    /// Milliseconds UTC by the author's clock: evidence, not order.
    public let claimedTime: Int64
    public let reason: String?
    /// The whole value of each group the change wrote, or of the disputed one alone.
    public let values: [GroupValue]
}

/// An open conflict as it is listed and shown.
public struct ConflictItem: Hashable, Sendable {
    public enum Subject: Hashable, Sendable {
        case record(Reference, ConflictSlot)
        /// Two live records with one natural key.
        case duplicate(type: String, key: String)
    }

    public let subject: Subject
    public let kind: ConflictClass
    public let type: String
    /// The record's name for people, as far as it is agreed.
    public let title: String
    /// The last agreed value; nil while nothing had been agreed, and for other slots than fields.
    public let base: GroupValue?
    public let sides: [ConflictSide]

    /// `9w2k….group-12`, or `duplicate.supplier.91…`: the same on every node, and it stays while
    /// siblings come and go.
    public var name: String {
        switch subject {
        case .record(let record, let slot): "\(ShortID(record)).\(slot.name)"
        case .duplicate(let type, let key): "duplicate.\(type).\(key)"
        }
    }
}

/// Open conflicts, each row complete: listing them reads nothing else.
enum ConflictTable {
    static func replace(
        record: ChangeKey, state: RecordState, rows: [StoryTable.Row], _ db: Database
    ) throws {
        try db.cachedStatement(sql: "DELETE FROM conflict WHERE record = ?").execute(
            arguments: [record.rawValue])
        // A hidden record's conflicts come back with it.
        guard state.isVisible else { return }
        for conflict in state.conflicts {
            try insert(
                record: record, slot: conflict.slot.name,
                item(conflict, state: state, rows: rows), db)
        }
    }

    static func insert(
        record: ChangeKey, slot: String, _ item: ConflictItem, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: "INSERT INTO conflict (record, slot, kind, type, detail) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [
            record.rawValue, slot, Int64(item.kind.rawValue), item.type,
            ConflictDetail.encode(item).blob,
        ])
    }

    private static func item(
        _ conflict: OpenConflict, state: RecordState, rows: [StoryTable.Row]
    ) -> ConflictItem {
        let disputed: GroupID? =
            switch conflict.slot {
            case .group(let group): group
            case .life, .parallel, .rule: nil
            }
        var base: GroupValue?
        if let disputed, case .value(let reference) = state.group(disputed)?.lastAgreed,
            let row = rows.first(where: { $0.change.reference == reference })
        {
            base = GroupValue(group: disputed, bytes: row.change.value(of: disputed))
        }
        let sides = Set(conflict.sides)
        return ConflictItem(
            subject: .record(state.record, conflict.slot), kind: conflict.kind, type: state.type,
            title: Titles.title(of: state), base: base,
            sides: rows.filter { sides.contains($0.change.reference) }
                .map { side($0, only: disputed) }
                .sorted { $0.reference < $1.reference })
    }

    static func side(_ row: StoryTable.Row, only group: GroupID? = nil) -> ConflictSide {
        ConflictSide(
            reference: row.change.reference, kind: row.change.kind, author: row.header.author,
            claimedTime: row.header.claimedTime, reason: row.reason,
            values: row.change.values.filter { group == nil || $0.group == group })
    }
}

/// What people call a record.
public enum Titles {
    /// The title field, as agreed; a disputed one shows its first sibling with a mark.
    public static func title(of state: RecordState) -> String {
        guard let type = Catalogue.type(named: state.type) else { return "" }
        for group in state.groups {
            for entry in StateValues.fields(group.siblings[0].value)
            where entry.key == type.titleField && group.group >= ReservedGroup.firstDeclared {
                if case .text(let text) = entry.value {
                    return group.isDisputed ? text + "（有争议）" : text
                }
            }
        }
        return ""
    }
}

/// The bytes of a conflict row.
enum ConflictDetail {
    static func encode(_ item: ConflictItem) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(count: 4)
        switch item.subject {
        case .record(let record, _): NameCodec.write(record, to: &writer)
        case .duplicate(_, let key): writer.text(key)
        }
        writer.text(item.title)
        if let base = item.base { write([base], to: &writer) } else { write([], to: &writer) }
        writer.array(count: item.sides.count)
        for side in item.sides {
            writer.array(count: 6)
            NameCodec.write(side.reference, to: &writer)
            writer.unsigned(UInt64(side.kind.rawValue))
            writer.text(side.author)
            writer.integer(side.claimedTime)
            if let reason = side.reason { writer.text(reason) } else { writer.null() }
            write(side.values, to: &writer)
        }
        return writer.bytes
    }

    static func decode(
        slot: String, kind: ConflictClass, type: String, _ bytes: [UInt8]
    ) throws -> ConflictItem {
        var reader = CBORReader(bytes)
        _ = try reader.array(max: 4)
        let subject: ConflictItem.Subject
        if kind == .duplicate {
            subject = .duplicate(type: type, key: try reader.text(max: bytes.count))
        } else {
            guard let slot = ConflictSlot(slot) else {
                throw StoreError.damaged("a conflict row has no slot")
            }
            subject = .record(try NameCodec.reference(&reader), slot)
        }
        let title = try reader.text(max: bytes.count)
        let base = try values(&reader).first
        var sides: [ConflictSide] = []
        for _ in 0..<(try reader.array(max: bytes.count)) {
            _ = try reader.array(max: 6)
            let reference = try NameCodec.reference(&reader)
            guard let kind = ChangeKind(rawValue: UInt8(try reader.unsigned(max: 255))) else {
                throw StoreError.damaged("a conflict row names an unknown kind of change")
            }
            sides.append(
                ConflictSide(
                    reference: reference, kind: kind,
                    author: try reader.text(max: Limits.authorBytes),
                    claimedTime: try reader.integer(),
                    reason: reader.null() ? nil : try reader.text(max: Limits.reasonBytes),
                    values: try values(&reader)))
        }
        return ConflictItem(
            subject: subject, kind: kind, type: type, title: title, base: base, sides: sides)
    }

    private static func write(_ values: [GroupValue], to writer: inout CBORWriter) {
        writer.map(count: values.count)
        for value in values {
            writer.unsigned(UInt64(value.group))
            writer.raw(value.bytes)
        }
    }

    private static func values(_ reader: inout CBORReader) throws -> [GroupValue] {
        var values: [GroupValue] = []
        for _ in 0..<(try reader.map(max: reader.bytes.count)) {
            let group = GroupID(try reader.unsigned(max: UInt64(GroupID.max)))
            let range = try reader.item(depth: Limits.valueDepth)
            values.append(GroupValue(group: group, bytes: Array(reader.bytes[range])))
        }
        return values
    }
}
