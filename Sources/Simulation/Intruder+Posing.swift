import Foundation
import LogWriting
import Records
import ReferenceModel
import Store
import SyncCore
import WireFormat

/// An intruder that does what only others may do.
extension Intruder {
    /// Holds what others wrote, and voids what it had named: only the hub's count.
    func judge(
        _ writer: inout LogWriter, _ hub: Store, _ send: ([UInt8]) throws -> Void
    ) throws {
        let ledger = world.ledger
        let entries = ledger.entries.suffix(20).filter { entry in
            entry.record.log.scope == .province
                && [.edit, .decision, .join].contains(entry.act.kind)
        }
        if let entry = dice.pick(entries) {
            let hold = writer.judge(entry.reference, of: entry.record, holds: true)
            note(.hold, hold, on: entry.reference, of: entry.record, writer)
            try send(writer.sealed)
        }
        guard let (record, phantom) = try nameNothing(&writer, hub, send) else { return }
        let void = writer.add(kind: .void, .of(record), target: phantom)
        note(.void, void, on: phantom, of: record, writer)
        try send(writer.sealed)
    }

    /// A county's program that edits what is never edited: shown like any change.
    func editLog(_ hub: Store, _ send: ([UInt8], Member) throws -> Void) throws {
        let county = world.counties[0]
        let logs = world.ledger.records.filter {
            $0.log.lane == ServiceLog.type.lane && county.identity.ownScopes.contains($0.log.scope)
        }
        guard let record = dice.pick(logs), let member = try hub.member(county.name),
            member.key == county.identity.key.publicKey, member.scopes.contains(record.log.scope)
        else { return }
        let log = LogID(
            node: county.name, incarnation: dice.next(), scope: record.log.scope,
            lane: record.log.lane)
        var writer = LogWriter(log: log, key: county.identity.key)
        let value = ValueCodec.encode(group: [Value.Entry(ServiceLog.site, .text("涂改"))])
        let group = ServiceLog.Group.entry
        let edit = writer.add(.of(record), parents: [record], [(group, [record], value)])
        let ledger = world.ledger
        var act = Act(id: ledger.id(edit), record: ledger.id(record), kind: .edit)
        act.heads = [ledger.id(record)]
        act.writes[Int(group)] = value
        act.shown[Int(group)] = [ledger.id(record)]
        add(act, edit, record, ServiceLog.type.name, writer)
        try send(writer.sealed, member)
    }

    private func note(
        _ kind: Act.Kind, _ reference: Reference, on target: Reference, of record: Reference,
        _ writer: LogWriter
    ) {
        let ledger = world.ledger
        var act = Act(id: ledger.id(reference), record: ledger.id(record), kind: kind)
        act.target = ledger.id(target)
        add(act, reference, record, "", writer)
    }

    /// A registration in an own log, and a segment of the node that it says is registered.
    func registerItself(_ writer: inout LogWriter) throws -> [UInt8] {
        guard let name = NodeID("632598-\(dice.roll(10...99))") else { return [] }
        let key = try World.key(97)
        let identity = ValueCodec.encode(group: [
            Value.Entry(RegisteredNode.node, .text(name.name)),
            Value.Entry(
                RegisteredNode.publicKey, .text(Data(key.publicKey.bytes).base64EncodedString())),
        ])
        let grant = ValueCodec.encode(group: [
            Value.Entry(RegisteredNode.scopes, .list([.text("\(Scope.province)")]))
        ])
        let type = RegisteredNode.type.name
        let record = writer.add(
            .creates(type: type),
            [
                (RegisteredNode.Group.identity, [], identity),
                (RegisteredNode.Group.grant, [], grant),
            ])
        note(record, writer, type: type)
        let log = LogID(
            node: name, incarnation: dice.next(), scope: .province, lane: .records)
        var other = LogWriter(log: log, key: key)
        _ = other.supplier("冒")
        return other.sealed
    }

    /// What is not the intruder's to write stays refused whoever brings it: also to the county
    /// whose scope it is.
    func relayForeign(_ segment: [UInt8], _ send: (Member) throws -> Void) throws {
        let county = world.counties[0]
        if let member = try world.hub.store?.member(county.name) { try send(member) }
        guard let report = try county.store?.apply([segment]) else { return }
        // It may not have heard of the intruder yet.
        guard report.newChanges == 0, report.refusals.count == 1 else {
            throw world.violation("\(county.name) stores what was never granted")
        }
    }
}
