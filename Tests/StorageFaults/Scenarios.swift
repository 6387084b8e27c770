import GRDB
import Records
import SyncCore
import WireFormat

@testable import Store

extension Scenario {
    /// Fifteen, from a node's first file to what it finds after a crash.
    static let all: [Scenario] = [
        initialisation, firstAppend, sealingAppend, edit, decision, prepare, hubApply,
        hubExchange, absorb, mintingAbsorb, fork, rebuild, nameIndexing, registration, reopening,
    ]

    static let initialisation = Scenario(name: "a node is made", opensFirst: false) { _ in
        (
            { machine in
                do { try Store.create(Province.county(1), in: machine.folder) } catch StoreError
                    .alreadyInitialised
                {}
            }, nil
        )
    }

    static let firstAppend = Scenario(name: "the first record", isRepeatable: false) { machine in
        try machine.create(Province.county(1))
        return ({ try $0.open().newSupplier("甲公司", code: 1) }, nil)
    }

    static let sealingAppend = Scenario(name: "an append that seals", isRepeatable: false) {
        machine in
        let store = try machine.create(Province.county(1))
        try store.newLogs((1..<Limits.saltBlockChanges).map { "\($0)号楼" })
        return ({ try $0.open().newLogs(["末号楼"]) }, nil)
    }

    static let edit = Scenario(name: "an edit", isRepeatable: false) { machine in
        let store = try machine.create(Province.county(1))
        let record = try store.newSupplier("甲公司", code: 1)
        let token = try store.token(record)
        return ({ try $0.open().rename(record, "乙公司", basis: .token(token)) }, nil)
    }

    static let decision = Scenario(name: "a decision", isRepeatable: false) { machine in
        let record = try machine.create(Province.county(1)).newDispute()
        return (
            { machine in
                let store = try machine.open()
                let page = try store.conflict(named: "\(ShortID(record)).group-11")
                guard let (item, token) = page, case .record(_, let slot) = item.subject else {
                    throw StoreError.noSuchRecord
                }
                let value = ValueCodec.encode(group: [Value.Entry(Supplier.name, .text("丙公司"))])
                _ = try store.append(
                    Edit(
                        target: .existing(record), kind: .decision,
                        basis: .conflict(slot: slot, token: token),
                        writes: [Supplier.Group.name: .verbatim(value)], author: "clerk",
                        schemaVersion: 1))
            }, nil
        )
    }

    // MARK: Exchange

    static let prepare = Scenario(name: "a county's prepare") { machine in
        let store = try machine.create(Province.county(1))
        _ = try store.newDispute()
        try store.newLogs(["一号楼", "二号楼"])
        return ({ machine in _ = try machine.open().prepare(Province.plan(machine.open())) }, nil)
    }

    static let hubApply = Scenario(name: "a hub's apply of several segments") { machine in
        let hub = try machine.create(Province.hub)
        var segments: [[UInt8]] = []
        for index in 1...2 {
            _ = try hub.append(Province.registration(of: Province.county(index)))
            let county = try Province.peer(Province.county(index))
            // One code at both: a duplicate.
            try county.newSupplier("公司\(index)", code: 1)
            _ = try county.newDispute()
            try county.newLogs(["一号楼"])
            for scope in county.identity.ownScopes { segments += try county.sealed(scope) }
        }
        let all = segments
        return ({ _ = try $0.open().apply(all) }, nil)
    }

    static let hubExchange = Scenario(name: "a hub's exchange with refusals") { machine in
        let hub = try machine.create(Province.hub)
        let sender = Province.county(1)
        _ = try hub.append(Province.registration(of: sender))
        try hub.newSupplier("省公司", code: 9)
        let county = try Province.peer(sender)
        _ = try county.newDispute()
        try county.sealTail()
        try county.newSupplier("丁公司")
        try county.newLogs(["一号楼"])
        var request = try county.prepare(Province.plan(county))
        // Beside the good ones, one of a node that nobody knows and one that is broken.
        let stray = try Province.peer(Province.county(3)).sealedStray()
        var broken = request.segments[0]
        broken[broken.count / 2] ^= 1
        request.segments += [stray, broken]
        let sent = request
        return (
            { _ = try $0.open().exchange(sent, from: Province.member(sender)) },
            { _ = try $0.open().apply(sent.segments, from: Province.member(sender)) }
        )
    }

    static let absorb = Scenario(name: "a county's absorb") { machine in
        let county = try machine.create(Province.county(1))
        let hub = try Province.peerHub()
        let other = try Province.peer(Province.county(2))
        _ = try other.newDispute()
        try Province.settle(other, with: hub)
        _ = try county.newSupplier("丁公司", code: 1)
        let (request, answer) = try Province.exchange(county, with: hub)
        return ({ _ = try $0.open().absorb(answer, sent: request) }, nil)
    }

    static let mintingAbsorb = Scenario(name: "an absorb that mints an incarnation") { machine in
        let hub = try Province.peerHub()
        let before = try Province.peer(Province.county(1))
        try before.newSupplier("甲公司", code: 1)
        try Province.settle(before, with: hub)
        // The same machine, without what it had written; it has begun anew.
        let county = try machine.create(Province.county(1))
        try county.newLogs(["一号楼"])
        let (request, answer) = try Province.exchange(county, with: hub)
        return ({ _ = try $0.open().absorb(answer, sent: request) }, nil)
    }

    static let fork = Scenario(name: "a fork is stored") { machine in
        let hub = try machine.create(Province.hub)
        _ = try hub.append(Province.registration(of: Province.county(1)))
        let county = try Province.peer(Province.county(1))
        let record = try county.newSupplier("甲公司", code: 1)
        _ = try hub.apply(county.sealed())
        let clone = try Province.peer(Province.county(1))
        try clone.newSupplier("甲公司", code: 1)
        let token = try county.token(record)
        try county.rename(record, "乙公司", basis: .token(token))
        _ = try hub.apply(county.sealed())
        try clone.rename(record, "丙公司", basis: .token(token))
        let branch = try clone.sealed()
        return ({ _ = try $0.open().apply(branch) }, nil)
    }

    // MARK: Around

    static let rebuild = Scenario(name: "a rebuild", startsSound: false) { machine in
        let store = try machine.create(Province.county(1))
        _ = try store.newDispute()
        try store.sealTail()
        try store.newSupplier("丁公司", code: 1)
        try store.indexNames()
        try store.write { db in try db.execute(sql: "DELETE FROM conflict; DELETE FROM story") }
        return (
            { _ = try $0.open().rebuild() },
            { machine in
                let store = try machine.open()
                try store.write { db in try Rebuild.run(db, identity: store.identity) }
            }
        )
    }

    static let nameIndexing = Scenario(name: "names are indexed") { machine in
        let store = try machine.create(Province.county(1))
        for index in 1...5 { try store.newSupplier("西宁第\(index)公司", code: index) }
        return ({ try $0.open().indexNames() }, nil)
    }

    static let registration = Scenario(name: "a registration", isRepeatable: false) { machine in
        try machine.create(Province.hub)
        let edit = Province.registration(of: Province.county(1))
        return ({ _ = try $0.open().append(edit) }, nil)
    }

    static let reopening = Scenario(
        name: "reopening after a crash", opensFirst: false, changesSomething: false,
        beginsWithCrash: true
    ) { machine in
        let store = try machine.create(Province.county(1))
        _ = try store.newDispute()
        try store.newLogs(["一号楼"])
        return ({ try $0.open() }, nil)
    }
}

extension Store {
    /// A later segment of a log of which the beginning is not sent.
    fileprivate func sealedStray() throws -> [UInt8] {
        try newSupplier("戊公司")
        try sealTail()
        try newSupplier("己公司")
        return try sealed()[1]
    }
}
