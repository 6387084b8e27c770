import Foundation
import GRDB
import Records
import SyncCore

/// A node that the hub registered.
public struct Member: Hashable, Sendable {
    public let node: NodeID
    public let key: PublicKey
    /// Nil for the hub, which writes in every scope.
    let granted: [Scope]?

    public var scopes: [Scope] { granted ?? [] }

    init(node: NodeID, key: PublicKey, scopes: [Scope]?) {
        self.node = node
        self.key = key
        granted = scopes
    }

    func isGranted(_ scope: Scope) -> Bool { granted?.contains(scope) ?? true }
}

/// Registered nodes, from the `node` records that the hub wrote.
enum MemberTable {
    static let typeName = "node"

    /// Only the hub writes `node` records: `apply` refuses others' changes of them.
    static func replace(
        record: ChangeKey, state: RecordState, story: [StoryChange], _ db: Database
    ) throws {
        try db.cachedStatement(sql: "DELETE FROM member WHERE record = ?").execute(
            arguments: [record.rawValue])
        if NaturalKeyTable.isAlive(state), let now = member(standingFields(state)) {
            try insert(now, record: record, isCurrent: true, db)
        }
        // What a node signed stays signed after its key is changed or its registration ends. The
        // union over all that the hub ever wrote does not depend on any order.
        var names: Set<NodeID> = []
        var keys: Set<PublicKey> = []
        var scopes: Set<Scope> = []
        for change in story {
            for value in change.values {
                let fields = Dictionary(
                    StateValues.fields(value.bytes).map { ($0.key, $0.value) },
                    uniquingKeysWith: { first, _ in first })
                if let name = text(fields[RegisteredNode.node]).flatMap(NodeID.init) {
                    names.insert(name)
                }
                if let key = key(fields[RegisteredNode.publicKey]) { keys.insert(key) }
                scopes.formUnion(granted(fields[RegisteredNode.scopes]))
            }
        }
        for name in names.sorted() {
            for key in keys.sorted(by: { $0.bytes.lexicographicallyPrecedes($1.bytes) }) {
                try insert(
                    Member(node: name, key: key, scopes: scopes.sorted()), record: record,
                    isCurrent: false, db)
            }
        }
    }

    private static func insert(
        _ member: Member, record: ChangeKey, isCurrent: Bool, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO member (node, record, public_key, is_current, scopes)
                VALUES (?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            member.node.name, record.rawValue, member.key.bytes.blob, isCurrent,
            member.scopes.map(\.description).joined(separator: " "),
        ])
    }

    /// Where the hub's own operators disagree, the later in the hub's log stands: a node must not
    /// be locked out by that.
    private static func standingFields(_ state: RecordState) -> [FieldID: Value] {
        var fields: [FieldID: Value] = [:]
        for group in state.groups where group.group >= ReservedGroup.firstDeclared {
            guard let last = group.siblings.last else { continue }
            for entry in StateValues.fields(last.value) { fields[entry.key] = entry.value }
        }
        return fields
    }

    private static func member(_ fields: [FieldID: Value]) -> Member? {
        guard let node = text(fields[RegisteredNode.node]).flatMap(NodeID.init),
            let key = key(fields[RegisteredNode.publicKey])
        else { return nil }
        return Member(node: node, key: key, scopes: granted(fields[RegisteredNode.scopes]))
    }

    private static func text(_ value: Value?) -> String? {
        if case .text(let text)? = value { text } else { nil }
    }

    private static func key(_ value: Value?) -> PublicKey? {
        text(value).flatMap { Data(base64Encoded: $0) }.flatMap { PublicKey(Array($0)) }
    }

    private static func granted(_ value: Value?) -> [Scope] {
        guard case .list(let values)? = value else { return [] }
        return values.compactMap { text($0).flatMap(Scope.init) }.sorted()
    }

    /// The registration by which a node's requests are authenticated; the earliest one where there
    /// are several.
    static func find(_ node: NodeID, _ db: Database) throws -> Member? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT node, public_key, scopes FROM member
                    WHERE node = ? AND is_current = 1 ORDER BY record
                    """),
            arguments: [node.name]
        ).flatMap(member)
    }

    /// By which keys, and in which scopes, a node's segments count: all that it was ever registered
    /// with, since what was signed stays signed.
    static func signers(of node: NodeID, identity: Identity, _ db: Database) throws -> [Member] {
        if node == identity.hub {
            return [Member(node: node, key: identity.hubKey, scopes: nil)]
        }
        var signers = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT node, public_key, scopes FROM member WHERE node = ?"),
            arguments: [node.name]
        ).compactMap(member)
        if node == identity.node {
            signers.append(
                Member(node: node, key: identity.key.publicKey, scopes: identity.ownScopes))
        }
        return signers
    }

    /// Every key that a node was ever registered with; none while it is registered.
    static func formerKeys(of node: NodeID, _ db: Database) throws -> [PublicKey] {
        if try find(node, db) != nil { return [] }
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT public_key FROM member WHERE node = ? ORDER BY public_key
                    """),
            arguments: [node.name]
        ).compactMap { PublicKey($0.bytes(0)) }
    }

    private static func member(_ row: Row) -> Member? {
        guard let node = NodeID(row[0]), let key = PublicKey(row.bytes(1)) else { return nil }
        let scopes = (row[2] as String).split(separator: " ").compactMap { Scope(String($0)) }
        return Member(node: node, key: key, scopes: scopes)
    }
}
