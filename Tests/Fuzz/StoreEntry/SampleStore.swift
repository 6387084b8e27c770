import Records
import Store
import SyncCore

/// A county's store of three suppliers, the first of which has an open conflict. Always the same,
/// so that a token or cursor in a corpus stays valid.
struct SampleStore {
    private static let fresh = Edit.Target.new(
        type: Supplier.type.name, scope: .province, lane: .records)
    let store: Store
    let database: InMemoryDatabase
    /// With an open conflict.
    let record: Reference
    /// Without.
    let plain: Reference

    init() throws {
        guard let node = NodeID("632521-01"), let hub = NodeID("630000-hub"),
            let key = NodeKey(secret: Array(1...32))
        else { preconditionFailure("constant names and keys are valid") }
        let database = try InMemoryDatabase()
        let store = try Self.open(
            database,
            Identity(
                node: node, role: .county, division: "632521", incarnation: 5, key: key, hub: hub,
                hubKey: key.publicKey, hubAddress: nil))
        let first = try store.append(Self.edit(Self.fresh, .nothing, 0)).record
        let second = try store.append(Self.edit(Self.fresh, .nothing, 1)).record
        _ = try store.append(Self.edit(Self.fresh, .nothing, 2))
        let record = first.state.record
        for value in 3..<5 {
            let basis = Edit.Basis.keepBoth(token: first.token)
            _ = try store.append(Self.edit(.existing(record), basis, value))
        }
        self.init(
            store: store, database: database, record: record, plain: second.state.record)
    }

    private init(
        store: Store, database: InMemoryDatabase, record: Reference, plain: Reference
    ) {
        self.store = store
        self.database = database
        self.record = record
        self.plain = plain
    }

    /// For a write that may succeed.
    func copy() throws -> SampleStore {
        let copy = try InMemoryDatabase(copyOf: database)
        return SampleStore(
            store: try Self.open(copy, nil), database: copy, record: record, plain: plain)
    }

    private static func open(_ database: InMemoryDatabase, _ identity: Identity?) throws -> Store {
        try Store(
            inMemory: database, identity: identity, clock: { 1_790_000_000_000 },
            random: { [UInt8](repeating: 7, count: $0) })
    }

    /// Of the field that is written.
    static let group =
        Supplier.type.group(of: Supplier.type.titleField)?.id ?? ReservedGroup.firstDeclared

    static func edit(_ target: Edit.Target, _ basis: Edit.Basis, _ value: Int) -> Edit {
        let name = Supplier.type.titleField
        return Edit(
            target: target, basis: basis,
            writes: [group: .fields([name: .text("name \(value)")])], author: "fuzzer",
            schemaVersion: 1)
    }
}
