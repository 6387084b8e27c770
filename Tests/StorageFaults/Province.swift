/// The nodes of a small province, and what they say to each other.
import Foundation
import Records
import SyncCore
import SyncSession

@testable import Store

enum Province {
    static let hubKey = key(7)
    static let hubID = NodeID("630000-hub")!

    private static func key(_ byte: UInt8) -> NodeKey {
        NodeKey(secret: [UInt8](repeating: byte, count: 32))!
    }

    static let hub = Identity(
        node: hubID, role: .hub, division: "630000", incarnation: 1, key: hubKey, hub: hubID,
        hubKey: hubKey.publicKey, hubAddress: nil)

    static func county(_ index: Int) -> Identity {
        Identity(
            node: NodeID("63252\(index)-01")!, role: .county, division: "63252\(index)",
            incarnation: UInt64(index) << 40, key: key(UInt8(100 + index)), hub: hubID,
            hubKey: hubKey.publicKey, hubAddress: "hub.example")
    }

    static func member(_ identity: Identity) -> Member {
        Member(node: identity.node, key: identity.key.publicKey, scopes: identity.ownScopes)
    }

    static func registration(of county: Identity) -> Edit {
        Edit(
            target: .new(type: "node", scope: .province, lane: .control), basis: .nothing,
            writes: [
                RegisteredNode.Group.identity: .fields([
                    RegisteredNode.node: .text(county.node.name),
                    RegisteredNode.publicKey: .text(
                        Data(county.key.publicKey.bytes).base64EncodedString()),
                ]),
                RegisteredNode.Group.grant: .fields([
                    RegisteredNode.scopes: .list(
                        county.ownScopes.map { Value.text($0.description) })
                ]),
            ],
            author: "operator", schemaVersion: 1)
    }

    /// A node whose disk never fails.
    static func peer(_ identity: Identity) throws -> Store {
        try Store(
            inMemory: InMemoryDatabase(), identity: identity, clock: { Machine.now },
            random: Machine.random)
    }

    /// A hub whose disk never fails, with its counties registered.
    static func peerHub(counties: ClosedRange<Int> = 1...2) throws -> Store {
        let hub = try peer(hub)
        for index in counties { _ = try hub.append(registration(of: county(index))) }
        return hub
    }

    /// One request and its answer; the county has yet to absorb it.
    static func exchange(
        _ county: Store, with hub: Store
    ) throws -> (request: ExchangeRequest, answer: ExchangeAnswer) {
        let request = try county.prepare(plan(county))
        return (request, try hub.exchange(request, from: member(county.identity)).answer)
    }

    static func plan(_ county: Store) throws -> ExchangePlan {
        ExchangePlan(
            scopes: try county.hubViews().map { .init(view: $0, sendsClock: true) }, marks: [],
            budgetBytes: Limits.exchangeBudgetBytes)
    }

    /// Until both hold the same.
    static func settle(_ county: Store, with hub: Store) throws {
        for _ in 0..<2 {
            let (request, answer) = try exchange(county, with: hub)
            _ = try county.absorb(answer, sent: request)
        }
    }
}

extension Store {
    @discardableResult
    func newSupplier(_ name: String, code: Int? = nil) throws -> Reference {
        var writes: [GroupID: Edit.GroupWrite] = [Supplier.Group.name: .name(name)]
        if let code {
            let code = FictionalSupplier.code(index: code).code
            writes[Supplier.Group.identity] = .fields([Supplier.uscc: .text(code)])
        }
        return try append(
            Edit(
                target: .new(type: "supplier", scope: .province, lane: .records), basis: .nothing,
                writes: writes, author: "clerk", schemaVersion: 1)
        ).record.state.record
    }

    func newLogs(_ sites: [String]) throws {
        _ = try append(
            sites.map { site in
                Edit(
                    target: .new(type: "serviceLog", scope: identity.ownScopes[1], lane: .events),
                    basis: .nothing,
                    writes: [ServiceLog.Group.entry: .fields([ServiceLog.site: .text(site)])],
                    author: "clerk", schemaVersion: 1)
            })
    }

    func token(_ record: Reference) throws -> String {
        guard let stored = try self.record(record) else { throw StoreError.noSuchRecord }
        return stored.token
    }

    func rename(_ record: Reference, _ name: String, basis: Edit.Basis) throws {
        _ = try append(
            Edit(
                target: .existing(record), basis: basis, writes: [Supplier.Group.name: .name(name)],
                author: "clerk", schemaVersion: 1))
    }

    /// A supplier with two names side by side.
    func newDispute() throws -> Reference {
        let record = try newSupplier("甲公司", code: 1)
        let token = try token(record)
        try rename(record, "乙公司", basis: .token(token))
        try rename(record, "丙公司", basis: .keepBoth(token: token))
        return record
    }

    /// Every sealed segment of a log's scope, as it would be sent.
    func sealed(_ scope: Scope = .province) throws -> [[UInt8]] {
        try sealTail()
        return try status().logs.map(\.log).filter { $0.scope == scope }
            .flatMap { try segments(of: $0).map(\.encoded) }
    }
}

extension Edit.GroupWrite {
    static func name(_ name: String) -> Edit.GroupWrite { .fields([Supplier.name: .text(name)]) }
}
