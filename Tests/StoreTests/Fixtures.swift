/// A small province in memory: a hub, and counties that exchange with it by hand.
import LogWriting
import Foundation
import GRDB
import Records
import SyncCore
import SyncSession
import Synchronization
import WireFormat

@testable import Store

/// Time that advances by a second with every look at it, and random bytes from a seed.
final class Source: Sendable {
    private let state: Mutex<(time: Int64, random: SplitMix64)>

    init(seed: UInt64) { state = Mutex((1_772_352_000_000, SplitMix64(seed: seed))) }

    var clock: @Sendable () -> Int64 {
        {
            self.state.withLock {
                $0.time += 1000
                return $0.time
            }
        }
    }

    var random: @Sendable (Int) -> [UInt8] {
        { count in
            self.state.withLock { state in
                (0..<count).map { _ in UInt8.random(in: 0...255, using: &state.random) }
            }
        }
    }
}

/// One node with its database and, at a county, the session that talks to the hub.
final class Node {
    let database: InMemoryDatabase
    let source: Source
    private(set) var store: Store
    private var session: CountySession

    init(_ identity: Identity?, in database: InMemoryDatabase, seed: UInt64) throws {
        self.database = database
        source = Source(seed: seed)
        store = try Store(
            inMemory: database, identity: identity, clock: source.clock, random: source.random)
        session = CountySession(views: try store.hubViews(), seed: seed)
    }

    var node: NodeID { store.identity.node }

    /// Another node that has the same database and key, as after a copy of the machine.
    func clone(seed: UInt64) throws -> Node {
        let copy = try InMemoryDatabase()
        try database.queue.backup(to: copy.queue)
        return try Node(nil, in: copy, seed: seed)
    }

    /// As after a crash of the process.
    func restart() throws {
        store = try Store(
            inMemory: database, identity: nil, clock: source.clock, random: source.random)
        session = CountySession(views: try store.hubViews(), seed: 1)
    }

    /// Exchanges until the session rests. Every message passes through its bytes.
    @discardableResult
    func sync(
        with hub: Store, changing alter: (inout ExchangeAnswer) throws -> Void = { _ in }
    ) throws -> [(request: ExchangeRequest, answer: ExchangeAnswer)] {
        let member =
            try hub.member(node)
            ?? Member(
                node: node, key: store.identity.key.publicKey, scopes: store.identity.ownScopes)
        var exchanges: [(request: ExchangeRequest, answer: ExchangeAnswer)] = []
        var effects = session.handle(.start)
        while !effects.isEmpty {
            switch effects.removeFirst() {
            case .prepare(let plan):
                effects += session.handle(.prepared(try store.prepare(plan)))
            case .send(let request):
                let sent = try MessageCodec.decodeRequest(MessageCodec.encode(request))
                var answer = try MessageCodec.decodeAnswer(
                    MessageCodec.encode(hub.exchange(sent, from: member).answer))
                do { try alter(&answer) } catch {
                    effects += session.handle(.failed(.unreachable("lost")))
                    continue
                }
                exchanges.append((sent, answer))
                effects += session.handle(.answered(answer))
            case .absorb(let answer, let sent):
                effects += session.handle(.absorbed(try store.absorb(answer, sent: sent)))
            case .listen, .wait: continue
            }
            precondition(exchanges.count < 200, "the exchange does not come to rest")
        }
        return exchanges
    }
}

/// A hub with registered counties.
final class Province {
    static let hubKey = NodeKey(secret: [UInt8](repeating: 7, count: 32))!
    static let hubID = NodeID("630000-hub")!
    let hub: Node
    let counties: [Node]

    init(counties count: Int = 2, seed: UInt64 = 1, registers: Bool = true) throws {
        hub = try Node(Self.hubIdentity, in: InMemoryDatabase(), seed: seed &* 100)
        counties = try (1...count).map { index in
            try Node(
                Self.county(index), in: InMemoryDatabase(), seed: seed &* 100 &+ UInt64(index))
        }
        if registers { for county in counties { try register(county.store.identity) } }
    }

    static let hubIdentity = Identity(
        node: hubID, role: .hub, division: "630000", incarnation: 1, key: hubKey, hub: hubID,
        hubKey: hubKey.publicKey, hubAddress: nil)

    static func county(_ index: Int) -> Identity {
        Identity(
            node: NodeID("63252\(index)-01")!, role: .county, division: "63252\(index)",
            incarnation: UInt64(index) << 40,
            key: NodeKey(secret: [UInt8](repeating: UInt8(100 + index), count: 32))!, hub: hubID,
            hubKey: hubKey.publicKey, hubAddress: "hub.example")
    }

    @discardableResult
    func register(_ county: Identity, scopes: [Scope]? = nil) throws -> Reference {
        try hub.store.append(Self.registration(of: county, scopes: scopes)).record.state.record
    }

    static func registration(of county: Identity, scopes: [Scope]? = nil) -> Edit {
        let scopes = (scopes ?? county.ownScopes).map { Value.text($0.description) }
        return Edit(
            target: .new(type: "node", scope: .province, lane: .control), basis: .nothing,
            writes: [
                RegisteredNode.Group.identity: .fields([
                    RegisteredNode.node: .text(county.node.name),
                    RegisteredNode.publicKey: .text(
                        Data(county.key.publicKey.bytes).base64EncodedString()),
                ]),
                RegisteredNode.Group.grant: .fields([RegisteredNode.scopes: .list(scopes)]),
            ],
            author: "operator", schemaVersion: 1)
    }

    /// Exchanges of all counties until everybody holds the same.
    func settle() throws {
        for _ in 0..<20 {
            for county in counties { try county.sync(with: hub.store) }
            if try isEven() { return }
        }
        preconditionFailure("the province does not come to rest")
    }

    func isEven() throws -> Bool {
        try counties.allSatisfy { county in
            let scopes = county.store.identity.ownScopes
            return try county.store.reports(of: scopes).map(\.digest)
                == hub.store.reports(of: scopes).map(\.digest)
        }
    }

    var stores: [Store] { [hub.store] + counties.map(\.store) }
}

// MARK: Records

extension Store {
    func newSupplier(
        _ name: String, code: Int? = nil, formerNames: [String] = []
    ) throws -> Reference {
        var writes: [GroupID: Edit.GroupWrite] = [Supplier.Group.name: .name(name, formerNames)]
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

    func newLog(_ site: String) throws -> Reference {
        try append(
            Edit(
                target: .new(
                    type: "serviceLog", scope: identity.ownScopes[1], lane: .events),
                basis: .nothing,
                writes: [ServiceLog.Group.entry: .fields([ServiceLog.site: .text(site)])],
                author: "clerk", schemaVersion: 1)
        ).record.state.record
    }

    func shown(_ record: Reference) throws -> StoredRecord {
        guard let stored = try self.record(record) else { throw StoreError.noSuchRecord }
        return stored
    }

    /// An edit of what stands now, or with another basis.
    @discardableResult
    func edit(
        _ record: Reference, kind: ChangeKind = .edit, basis: Edit.Basis? = nil,
        _ writes: [GroupID: Edit.GroupWrite]
    ) throws -> Appended {
        try append(
            Edit(
                target: .existing(record), kind: kind, basis: basis ?? .token(shown(record).token),
                writes: writes, author: "clerk", schemaVersion: 1))
    }

    @discardableResult
    func rename(_ record: Reference, _ name: String, basis: Edit.Basis? = nil) throws -> Appended {
        try edit(record, basis: basis, [Supplier.Group.name: .name(name)])
    }

    @discardableResult
    func merge(_ record: Reference, into target: Reference?) throws -> Appended {
        try edit(
            record,
            [ReservedGroup.alias: .verbatim(Alias.value(target.map { ShortID($0) }))])
    }

    /// Decides a conflict as its page stands now.
    @discardableResult
    func decide(
        _ name: String, kind: ChangeKind = .decision, _ writes: [GroupID: Edit.GroupWrite]
    ) throws -> Appended {
        guard let (item, token) = try conflict(named: name),
            case .record(let record, let slot) = item.subject
        else { throw StoreError.noSuchRecord }
        return try edit(record, kind: kind, basis: .conflict(slot: slot, token: token), writes)
    }

    func conflictNames() throws -> [String] {
        try conflicts(limit: 1000).elements.map(\.name).sorted()
    }

    /// Names that stand side by side, sorted.
    func names(_ record: Reference) throws -> [String] {
        try shown(record).state.group(Supplier.Group.name)?.siblings.map { sibling in
            for entry in StateValues.fields(sibling.value) where entry.key == Supplier.name {
                if case .text(let name) = entry.value { return name }
            }
            return ""
        }.sorted() ?? []
    }

    func found(_ text: String) throws -> [Reference] {
        try search(text, type: Supplier.type, limit: 20).elements.map(\.state.record)
    }

    func projection() throws -> Digest { try writer.read(Rebuild.digest) }

    /// Every sealed segment of a scope, as it would be sent.
    func sealed(_ scope: Scope = .province) throws -> [[UInt8]] {
        try sealTail()
        return try status().logs.map(\.log).filter { $0.scope == scope }
            .flatMap { try segments(of: $0).map(\.encoded) }
    }
}

extension Edit.GroupWrite {
    static func name(_ name: String, _ formerNames: [String] = []) -> Edit.GroupWrite {
        var fields: [FieldID: Value] = [Supplier.name: .text(name)]
        if !formerNames.isEmpty {
            fields[Supplier.formerNames] = .list(formerNames.map { .text($0) })
        }
        return .fields(fields)
    }

    static func size(_ code: String) -> Edit.GroupWrite {
        .fields([Supplier.smeClass: .text(code)])
    }
}

extension LogWriter {
    init(
        _ identity: Identity, incarnation: UInt64, scope: Scope = .province, lane: Lane = .records
    ) {
        self.init(
            log: LogID(node: identity.node, incarnation: incarnation, scope: scope, lane: lane),
            key: identity.key)
    }
}
