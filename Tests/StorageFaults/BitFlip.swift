import FaultyDisk
import SyncCore
import SyncSession

@testable import Store

/// What became of one flipped bit in a database at rest.
enum Flip: Hashable {
    /// The node does not open.
    case refusedAtOpening
    /// `verify` says so, or SQLite while it reads.
    case found(in: [String], mended: Mending)
    /// In unused space, in a field that nobody reads or in the padding of a compressed body:
    /// everything reads and goes on as before.
    case harmless
    /// In what the node tells people and what decides nothing: when something came or was refused.
    case note
    /// In what the node remembers for next time, and what is right again after that: what the hub
    /// had, or the salts of changes to come.
    case forgotten
    /// Read otherwise than it was written, and nobody noticed.
    case silent(tables: [String])

    enum Mending: Hashable { case rebuild, peer, nothingHere }
}

/// How a node stands towards its hub once both have exchanged everything.
private struct Standing: Equatable {
    let views: [Digest?]
    let receipted: [UInt64?]
    let state: [Digest]

    init(_ store: Store) throws {
        views = try store.hubViews().map(\.digest)
        receipted = try store.status().logs.filter { $0.log.node == store.identity.node }
            .map(\.receiptedThrough)
        state = try store.identity.ownScopes.map { try store.stateDigest(of: $0) }
    }
}

/// A county with something in every table, its database closed.
struct Specimen {
    static let file = "node.sqlite"

    let machine: Machine
    let start: DiskContents
    /// A peer that holds what the county had sent.
    let hub: Store
    private let intact: Dump
    private let intactWithoutNotes: Dump
    private let standing: Standing
    private let after: Dump

    init() throws {
        machine = try Machine()
        hub = try Province.peerHub()
        let other = try Province.peer(Province.county(2))
        _ = try other.newDispute()
        try Province.settle(other, with: hub)
        let county = try machine.create(Province.county(1))
        _ = try county.newDispute()
        try county.newLogs(["一号楼", "二号楼"])
        try Province.settle(county, with: hub)
        try county.newSupplier("丁公司", code: 3)
        try Province.settle(county, with: hub)
        var broken = try county.sealed()[0]
        broken[broken.count - 1] ^= 1
        _ = try county.apply([broken])
        try county.indexNames()
        try county.newSupplier("戊公司", code: 4)
        try county.newSupplier("己公司", code: 5)
        try county.indexNames()
        try machine.boot()
        start = machine.disk.contents
        intact = try Dump(of: machine.open())
        intactWithoutNotes = try Dump.withoutNotes(of: machine.open())
        after = try Self.dumpAfterWork(machine)
        try machine.boot(with: start)
        // Twice: from now on the hub knows all that the specimen has.
        for _ in 0..<2 {
            try machine.boot(with: start)
            try Self.settle(machine.open(), with: hub)
        }
        standing = try Standing(machine.open())
    }

    /// All of the header; every `step`th byte that was ever written; of the others a few.
    func sample(every step: Int) -> [Int] {
        let bytes = start.bytes(of: Self.file)
        var written = 0
        return bytes.indices.filter { offset in
            if offset < 100 { return true }
            let isWritten = bytes[max(0, offset - 3)...offset].contains { $0 != 0 }
            if isWritten { written += 1 }
            return isWritten ? written % step == 0 : offset % 997 == 0
        }
    }

    var byteCount: Int { start.bytes(of: Self.file).count }

    private static func dumpAfterWork(_ machine: Machine) throws -> Dump {
        let store = try machine.open()
        try store.newSupplier("庚公司", code: 6)
        try store.newLogs(["三号楼"])
        try store.sealTail()
        try store.indexNames()
        return try Dump(of: store)
    }

    private static func settle(_ store: Store, with hub: Store) throws {
        for _ in 0..<2 { try Province.settle(store, with: hub) }
    }

    func flip(bit: Int, ofByte offset: Int) throws -> Flip {
        var contents = start
        contents.flip(bit: bit, ofByte: offset, in: Self.file)
        try machine.boot(with: contents)
        let store: Store
        do { store = try machine.open() } catch { return .refusedAtOpening }
        do {
            if try !store.verify().isSound {
                return .found(in: damage(store), mended: mend(store))
            }
        } catch { return .found(in: ["structure"], mended: .nothingHere) }
        let differing = try Dump(of: store).tablesThatDiffer(from: intact)
        if differing == ["refusal"] { return .note }
        if try !differing.isEmpty && Dump.withoutNotes(of: store) == intactWithoutNotes {
            return .note
        }
        if differing == ["hub_clock"] {
            try Self.settle(store, with: hub)
            return try Standing(store) == standing && store.verify().isSound
                ? .forgotten : .silent(tables: differing)
        }
        // `verify` decoded them: another compression of the same signed changes.
        if differing == ["segment"] { return .harmless }
        // `verify` asked the index: the words are the same, and nobody is shown these.
        if differing == ["name_index"] { return .note }
        // Of changes to come: they are hashed with whatever it says, and say so when they leave.
        if differing == ["salt"] {
            _ = try Self.dumpAfterWork(machine)
            return try store.verify().isSound ? .forgotten : .silent(tables: differing)
        }
        if !differing.isEmpty { return .silent(tables: differing) }
        let worked: Dump
        do { worked = try Self.dumpAfterWork(machine) } catch {
            // SQLite finds some damage of the index of names only when it next writes there.
            try machine.boot(with: contents)
            _ = try machine.open().rebuild()
            return try Self.dumpAfterWork(machine) == after
                ? .found(in: ["name_index"], mended: .rebuild) : .silent(tables: ["\(error)"])
        }
        let isSound = try store.verify().isSound
        if worked == after, isSound { return .harmless }
        return .silent(tables: ["after work"] + worked.tablesThatDiffer(from: after))
    }

    /// As a person would: first a rebuild, then a peer.
    private func mend(_ store: Store) -> Flip.Mending {
        if (try? store.rebuild()) != nil, (try? isIntact(store)) == true { return .rebuild }
        if (try? askPeer(store)) == true, (try? isIntact(store)) == true { return .peer }
        return .nothingHere
    }

    /// Rows are read only where SQLite finds its file in order.
    private func damage(_ store: Store) -> [String] {
        guard (try? store.read(StructureCheck.problems))?.isEmpty == true,
            let found = try? Dump(of: store)
        else { return ["structure"] }
        return found.tablesThatDiffer(from: intact)
    }

    private func askPeer(_ store: Store) throws -> Bool {
        var damage = try store.damage()
        let sender = Province.member(store.identity)
        if let request = damage.request() {
            _ = damage.take(try hub.exchange(request, from: sender).answer.segments)
        }
        return try store.repair(with: damage.segments) > 0
    }

    private func isIntact(_ store: Store) throws -> Bool {
        try store.verify().isSound && Dump.withoutNotes(of: store) == intactWithoutNotes
    }
}
