import Foundation
import GRDB
import SyncCore
import WireFormat

/// Who this node is. Written once by `init`; only the incarnation changes.
public struct Identity: Sendable {
    public enum Role: String, Sendable { case hub, county }

    public let node: NodeID
    public let role: Role
    /// Six digits: the province of a hub, the county of a county node.
    public let division: String
    public let incarnation: UInt64
    public let key: NodeKey
    public let hub: NodeID
    /// Pinned at `init`: the only key whose verdicts, receipts and registrations count.
    public let hubKey: PublicKey
    /// Where a county finds its hub.
    public let hubAddress: String?

    public init(
        node: NodeID, role: Role, division: String, incarnation: UInt64, key: NodeKey,
        hub: NodeID, hubKey: PublicKey, hubAddress: String?
    ) {
        self.node = node
        self.role = role
        self.division = division
        self.incarnation = incarnation
        self.key = key
        self.hub = hub
        self.hubKey = hubKey
        self.hubAddress = hubAddress
    }

    /// A hub holds every scope of its nodes; a county node the province's and its own.
    public var ownScopes: [Scope] {
        switch role {
        case .hub: [.province]
        case .county: [.province, Scope("county/\(division)")].compactMap { $0 }
        }
    }

    func with(incarnation: UInt64) -> Identity {
        Identity(
            node: node, role: role, division: division, incarnation: incarnation, key: key,
            hub: hub, hubKey: hubKey, hubAddress: hubAddress)
    }
}

/// The rows of the identity table.
enum IdentityTable {
    static func write(_ identity: Identity, _ db: Database) throws {
        var incarnation: [UInt8] = []
        incarnation.append(bigEndian: identity.incarnation)
        let rows: [(String, [UInt8])] = [
            ("node", Array(identity.node.name.utf8)),
            ("role", Array(identity.role.rawValue.utf8)),
            ("division", Array(identity.division.utf8)),
            ("incarnation", incarnation),
            ("key", identity.key.secret),
            ("hub", Array(identity.hub.name.utf8)),
            ("hub_key", identity.hubKey.bytes),
            ("hub_address", Array((identity.hubAddress ?? "").utf8)),
        ]
        for (name, value) in rows { try insert(name, value, db) }
        try seal(db)
    }

    private static func insert(_ name: String, _ value: [UInt8], _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO identity (name, value) VALUES (?, ?)",
            arguments: [name, value.blob])
    }

    /// The name of the row that covers the others. A node that signs with another key than it
    /// registered writes what nobody takes.
    private static let digest = "digest"

    /// Covers the rows as they are.
    static func seal(_ db: Database) throws {
        var values = try values(db)
        values[digest] = nil
        if !values.isEmpty { try insert(digest, digest(of: values), db) }
    }

    private static func digest(of values: [String: [UInt8]]) -> [UInt8] {
        var writer = CBORWriter()
        for name in values.keys.sorted() {
            writer.text(name)
            writer.byteString(values[name] ?? [])
        }
        return Digest.sha256(writer.bytes).bytes
    }

    private static func values(_ db: Database) throws -> [String: [UInt8]] {
        var values: [String: [UInt8]] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT name, value FROM identity") {
            values[String.fromDatabaseValue(row[0]) ?? ""] = row.bytes(1)
        }
        return values
    }

    static func read(_ db: Database) throws -> Identity? {
        var values = try values(db)
        if values.isEmpty { return nil }
        guard let expected = values.removeValue(forKey: digest), expected == digest(of: values)
        else {
            throw StoreError.damaged("the identity of this node is not as it was written")
        }
        func text(_ name: String) -> String { String(decoding: values[name] ?? [], as: UTF8.self) }
        guard let node = NodeID(text("node")), let role = Identity.Role(rawValue: text("role")),
            let key = NodeKey(secret: values["key"] ?? []), let hub = NodeID(text("hub")),
            let hubKey = PublicKey(values["hub_key"] ?? []),
            let incarnation = values["incarnation"], incarnation.count == 8
        else { throw StoreError.damaged("the identity of this node cannot be read") }
        let address = text("hub_address")
        return Identity(
            node: node, role: role, division: text("division"),
            incarnation: incarnation.reduce(0) { $0 << 8 | UInt64($1) }, key: key, hub: hub,
            hubKey: hubKey, hubAddress: address.isEmpty ? nil : address)
    }
}
