import Foundation
import GRDB
import Records
import SyncCore

/// A node that the hub registered.
public struct Member: Hashable, Sendable {
    public let node: NodeID
    public let key: PublicKey
    public let scopes: [Scope]
}

/// Registered nodes, from the `node` records that the hub wrote.
enum MemberTable {
    static let typeName = "node"

    /// The story as if the hub had held every change that it did not write: only the hub registers
    /// nodes and grants scopes, whatever others write into the same record.
    static func onlyHub(_ story: Story, hub: NodeID) -> Story {
        let holds = LogID(
            node: hub, incarnation: 0, scope: story.record.log.scope, lane: .control)
        let others = story.changes.filter { $0.kind.isEdit && !$0.isAuthoritative }
        return Story(
            record: story.record,
            changes: story.changes
                + others.enumerated().map { index, change in
                    StoryChange(
                        reference: Reference(log: holds, sequence: UInt64(index + 1), prefix: 0),
                        kind: .verdict, target: change.reference, holds: true,
                        isAuthoritative: true)
                })
    }

    static func replace(record: ChangeKey, state: RecordState, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM member WHERE record = ?", arguments: [record.rawValue])
        guard let type = Catalogue.type(named: typeName), NaturalKeyTable.isAlive(state) else {
            return
        }
        let fields = type.json(of: StateValues.agreed(state))
        guard let node = fields["node"]?.string,
            let key = fields["publicKey"]?.string.flatMap({ Data(base64Encoded: $0) }),
            let scopes = fields["scopes"]?.array?.compactMap(\.string)
        else { return }
        try db.execute(
            sql: "INSERT INTO member (node, record, public_key, scopes) VALUES (?, ?, ?, ?)",
            arguments: [node, record.rawValue, key, scopes.sorted().joined(separator: " ")])
    }

    /// The registration of a node; the earliest one where there are several.
    static func find(_ node: NodeID, _ db: Database) throws -> Member? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT node, public_key, scopes FROM member WHERE node = ? ORDER BY record"),
            arguments: [node.name]
        ).flatMap(member)
    }

    static func all(_ db: Database) throws -> [Member] {
        try Row.fetchAll(
            db, sql: "SELECT node, public_key, scopes FROM member ORDER BY node, record"
        )
        .compactMap(member)
    }

    private static func member(_ row: Row) -> Member? {
        guard let node = NodeID(row[0]), let key = PublicKey(row.bytes(1)) else { return nil }
        let scopes = (row[2] as String).split(separator: " ").compactMap { Scope(String($0)) }
        return Member(node: node, key: key, scopes: scopes)
    }
}
