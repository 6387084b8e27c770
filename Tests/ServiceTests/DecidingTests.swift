/// What the API lets a reviewer decide, and what it refuses rather than guess.
import Logging
import Records
import Service
import Store
import SyncCore
import Testing

@Suite struct DecidingTests {
    let node: Node

    init() throws {
        let key = NodeKey()
        let name = try #require(NodeID("630000-hub"))
        let identity = Identity(
            node: name, role: .hub, division: "630000", incarnation: 1, key: key, hub: name,
            hubKey: key.publicKey, hubAddress: nil)
        let store = try Store(
            inMemory: InMemoryDatabase(), identity: identity, clock: { 1_790_000_000_000 },
            random: Store.systemRandom)
        node = Node(store: store, logger: Logger(label: "test"))
    }

    /// One name, changed twice from the same form; both sides keep the former name.
    private func disputed() throws -> (id: ShortID, conflict: String, token: String) {
        let made = try node.create(
            Supplier.type, ["name": "甲公司", "formerNames": ["旧名公司"]], allowsDuplicate: false,
            by: "jb1")
        let form = made.record.token
        for (name, keepsBoth) in [("乙公司", false), ("丙公司", true)] {
            _ = try node.edit(
                Supplier.type, made.record.id, ["name": .string(name)], token: form,
                keepBoth: keepsBoth, reason: nil, by: "jb2")
        }
        let conflict = "\(made.record.id).group-\(Supplier.Group.name)"
        let token = try #require(try node.store.conflict(named: conflict)).token
        return (made.record.id, conflict, token)
    }

    private func values(_ id: ShortID) throws -> JSON {
        let record = try #require(try node.store.record(id))
        return try #require(try node.view(of: record)["values"])
    }

    @Test func `A new value keeps the fields in which the sides agree`() throws {
        let (id, conflict, token) = try disputed()
        _ = try node.decide(
            conflict, .values(["name": "丁公司"]), token: token, reason: "核实", by: "sheng1")
        #expect(try values(id)["name"] == "丁公司")
        #expect(try values(id)["formerNames"] == ["旧名公司"])
    }

    @Test func `A field in which the sides differ must be named`() throws {
        let (_, conflict, token) = try disputed()
        #expect {
            try node.decide(
                conflict, .values(["formerNames": ["另一公司"]]), token: token, reason: "核实",
                by: "sheng1")
        } throws: { error in (error as? Problem)?.name == "invalid-fields" }
        #expect(try node.store.conflict(named: conflict) != nil)
    }

    @Test func `A decision without a reason is none`() throws {
        let (_, conflict, token) = try disputed()
        #expect {
            try node.decide(conflict, .takeBase, token: token, reason: "  ", by: "sheng1")
        } throws: { error in (error as? Problem)?.name == "reason-missing" }
    }

    @Test func `A duplicate is refused when it is made by an edit, too`() throws {
        let code = JSON.string(FictionalSupplier.code(index: 1).code)
        _ = try node.create(
            Supplier.type, ["name": "甲公司", "uscc": code], allowsDuplicate: false, by: "jb1")
        let other = try node.create(
            Supplier.type, ["name": "乙公司"], allowsDuplicate: false, by: "jb1")
        #expect {
            try node.edit(
                Supplier.type, other.record.id, ["uscc": code], token: other.record.token,
                keepBoth: false, reason: nil, by: "jb1")
        } throws: { error in (error as? Problem)?.name == "duplicate" }
    }

    @Test func `A merge covers no edit that its page did not show`() throws {
        let code = JSON.string(FictionalSupplier.code(index: 2).code)
        let first = try node.create(
            Supplier.type, ["name": "甲公司", "uscc": code], allowsDuplicate: false, by: "jb1")
        let second = try node.create(
            Supplier.type, ["name": "乙公司", "uscc": code], allowsDuplicate: true, by: "jb2")
        let name = try #require(try node.store.conflicts(limit: 9).elements.first).name
        let shown = try #require(try node.store.conflict(named: name)).token
        _ = try node.edit(
            Supplier.type, second.record.id, ["smeClass": "SMALL"], token: second.record.token,
            keepBoth: false, reason: nil, by: "jb3")
        let choice = Choice.mergeInto(record: first.record.id.description)
        #expect {
            try node.decide(name, choice, token: shown, reason: "同一主体", by: "sheng1")
        } throws: { error in (error as? Problem)?.name == "stale" }
        let now = try #require(try node.store.conflict(named: name)).token
        let merged = try node.decide(name, choice, token: now, reason: "同一主体", by: "sheng1")
        #expect(merged.change != nil)
        #expect(try node.store.conflicts(limit: 9).elements.isEmpty)
    }
}
