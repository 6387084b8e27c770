import LogWriting
import Records
import ReferenceModel
import Store
import SyncCore
import WireFormat

/// A registered node that sends what no honest node would.
struct Intruder {
    enum Malice: CaseIterable {
        case badSignature, gap, fork, foreignScope, futureClock, namesNothing
        case touchesRegistrations, registersItself, judges, editsLogs
        case garbage
    }

    let world: World
    let dice: Dice

    func act(on hub: Store) throws {
        guard let malice = dice.pick(Malice.allCases) else { return }
        let identity = try world.identity("632599-66", .county, division: "632599", key: 99)
        try world.register(identity)
        guard let member = try hub.member(identity.node) else {
            throw world.violation("a node that was just registered is unknown")
        }
        world.trace("an intruder tries: \(malice)")
        let log = LogID(
            node: identity.node, incarnation: dice.next(), scope: .province, lane: .records)
        var writer = LogWriter(log: log, key: identity.key)
        func send(
            _ segments: [[UInt8]], _ rule: RefusalRule?, by sender: Member? = nil
        ) throws {
            let report = try hub.apply(segments, from: sender ?? member)
            guard report.refusals.map(\.rule) == [rule].compactMap(\.self) else {
                throw world.violation("\(malice) is answered with \(report.refusals)")
            }
            // Invariant 15.
            guard try rule == nil || hub.refusals().contains(where: { $0.rule == rule }) else {
                throw world.violation("nobody can see that \(malice) was refused")
            }
            world.toldOfForks.formUnion(report.forked)
            if report.newChanges > 0 { try world.hub.wrote() }
        }
        switch malice {
        case .badSignature:
            _ = writer.supplier("坏")
            // Nobody's key, or that of another node.
            let key = try World.key(dice.roll(0...1) == 0 ? 98 : 1)
            try send([writer.seal(1...1, by: key)], .badSignature)
        case .gap:
            for number in 1...3 { _ = writer.supplier("缺\(number)") }
            try send([writer.seal(3...3)], .gap)
        case .fork:
            var other = writer
            for name in ["共", "甲"] { note(writer.supplier(name), writer) }
            _ = other.supplier("共")
            note(other.supplier("乙"), other)
            try send([writer.sealed, other.sealed], nil)
        case .foreignScope:
            guard let scope = Scope("county/632521") else { return }
            writer = LogWriter(
                log: LogID(
                    node: log.node, incarnation: log.incarnation, scope: scope, lane: .records),
                key: identity.key)
            _ = writer.supplier("外")
            try send([writer.sealed], .scopeNotGranted)
            try relayForeign(writer.sealed) { try send([writer.sealed], .scopeNotGranted, by: $0) }
        case .futureClock:
            writer.claimedTime = 7_258_118_400_000
            note(writer.supplier("将来"), writer)
            try send([writer.sealed], nil)
        case .namesNothing: _ = try nameNothing(&writer, hub) { try send([$0], nil) }
        case .touchesRegistrations:
            guard
                let record = try hub.records(ofType: RegisteredNode.type, limit: 1000).elements
                    .map(\.state.record).first(where: { $0.log.node == hub.identity.node })
            else { return }
            writer.add(.of(record), parents: [record], [(11, [], [0xA0])])
            try send([writer.sealed], .inconsistent)
        case .registersItself:
            let other = try registerItself(&writer)
            try send([writer.sealed], nil)
            try send([other], .unknownNode)
        case .editsLogs: try editLog(hub) { try send([$0], nil, by: $1) }
        case .judges: try judge(&writer, hub) { try send([$0], nil) }
        case .garbage:
            let report = try hub.apply([dice.bytes(dice.roll(0...200))], from: member)
            guard report.refusals.count == 1 else { throw world.violation("garbage was stored") }
        }
    }

    /// A change of a record that says its author saw what does not exist, and one that saw that.
    func nameNothing(
        _ writer: inout LogWriter, _ hub: Store, _ send: ([UInt8]) throws -> Void
    ) throws -> (record: Reference, phantom: Reference)? {
        let ledger = world.ledger
        let records = ledger.records.filter { $0.log.scope == .province }
        guard let record = dice.pick(records), try hub.history(ShortID(record)) != nil,
            let type = ledger.entries(of: record).first?.type
        else { return nil }
        let phantom = Reference(log: writer.log, sequence: 77, prefix: dice.next())
        let seen = ledger.id(phantom)
        let value = LogWriter.name("无")
        let reference = writer.add(
            .of(record), parents: [phantom, record], [(11, [phantom], value)])
        var act = Act(id: ledger.id(reference), record: ledger.id(record), kind: .edit)
        act.heads = [seen, ledger.id(record)]
        act.writes[11] = value
        act.shown[11] = [seen]
        add(act, reference, record, type, writer)
        let next = writer.add(.of(record), parents: [reference], [(12, [], value)])
        var later = Act(id: ledger.id(next), record: ledger.id(record), kind: .edit)
        later.heads = [act.id]
        later.writes[12] = value
        add(later, next, record, type, writer)
        world.phantoms.append((record, phantom))
        try send(writer.sealed)
        return (record, phantom)
    }

    func note(_ reference: Reference, _ writer: LogWriter, type: String = "supplier") {
        if world.ledger.entries.contains(where: { $0.reference == reference }) { return }
        let id = world.ledger.id(reference)
        var act = Act(id: id, record: id, kind: .edit)
        let change = writer.changes[writer.changes.count - 1]
        for value in (try? ChangeCodec.payload(of: change))?.values ?? [] {
            act.writes[Int(value.group)] = value.bytes
        }
        add(act, reference, reference, type, writer)
    }

    func add(
        _ act: Act, _ reference: Reference, _ record: Reference, _ type: String,
        _ writer: LogWriter
    ) {
        let change = writer.changes[writer.changes.count - 1]
        world.ledger.add(
            LedgerEntry(
                act: act, reference: reference, record: record, type: type,
                bytes: Array(change.entry)))
    }
}
