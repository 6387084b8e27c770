import FaultyDisk
import Foundation
import Records
import ReferenceModel
import Store
import SyncCore
import WireFormat

/// A promise of the model that did not hold.
struct Violation: Error, CustomStringConvertible {
    let seed: UInt64
    /// Which promise: the check that found it.
    let promise: String
    let text: String

    var description: String { "seed \(seed): \(promise): \(text)" }
}

/// A province: the hub, its counties, the network between them, and the ledger of what people did.
final class World {
    /// 2026-01-01T00:00Z in milliseconds.
    static let epoch: Int64 = 1_767_225_600_000
    static let day: Int64 = 86_400_000

    let seed: UInt64
    let dice: Dice
    let schedule = Schedule()
    let ledger = Ledger()
    var tally = Tally()
    /// Open conflicts, each time somebody looked at all of them.
    var conflictsSeen = 0
    /// Incidents that wait for a county's exchange to come into a state.
    var pending: [Step] = []
    /// The hub's disk was destroyed: what it signed for may be gone.
    var hadDisaster = false
    /// The last change of each, of which the ledger knows nothing, and the life of its disk.
    var backlogs: [(machine: Machine, life: Int, last: Reference)] = []
    /// Logs that some process told its operator have branches.
    var toldOfForks: Set<LogID> = []
    /// What never existed, though somebody claimed to have seen it, with the record.
    var phantoms: [(record: Reference, reference: Reference)] = []
    private(set) var network: Network!
    private(set) var receipts: ReceiptBook!
    private(set) var judge: Judge!
    private(set) var hub: HubMachine!
    private(set) var counties: [CountyMachine] = []
    private(set) var offices: [Office] = []

    var machines: [Machine] { [hub] + counties }

    /// Printed as it happens, or kept for the story of a failure.
    private let isTraced: Bool
    private let isRecorded: Bool
    private(set) var story: [String] = []

    /// Two nodes of one county, and others.
    static func node(_ index: Int) -> (name: String, division: String) {
        let county = 632521 + max(index - 1, 0)
        return ("\(county)-0\(index == 1 ? 2 : 1)", "\(county)")
    }

    /// `skews`: of the hub's clock and of each county's, in milliseconds. `files`: machines whose
    /// disks are files.
    init(
        seed: UInt64, counties count: Int, faults: Faults, skews: [Int64], files: Set<Int> = [],
        isTraced: Bool = false, isRecorded: Bool = false
    ) throws {
        self.seed = seed
        self.isTraced = isTraced
        self.isRecorded = isRecorded
        dice = Dice(seed: seed)
        schedule.isExcused = { [unowned self] error in
            if case StoreError.damaged = error {
                machines.contains { $0.rot != nil }
            } else {
                false
            }
        }
        network = Network(self, faults: faults, dice: dice.fork())
        receipts = ReceiptBook(self)
        judge = Judge(self)
        let identities = try (0..<count).map { index in
            let (name, division) = World.node(index)
            return try identity(name, .county, division: division, key: index + 1)
        }
        let hub = try identity("630000-hub", .hub, division: "630000", key: 0)
        func disk(_ number: Int) throws -> any Disk {
            try files.contains(number)
                ? FileDisk(
                    changesPerTransaction: seed.isMultiple(of: 2) ? 4 : Store.changesPerTransaction)
                : MemoryDisk()
        }
        // The same logs below SQLite from the same seed.
        if !files.isEmpty { Randomness.begin(seed: seed) }
        self.hub = try HubMachine(hub, number: 0, skew: skews[0], disk: disk(0), in: self)
        offices.append(Office(self.hub))
        for (index, identity) in identities.enumerated() {
            let county = try CountyMachine(
                identity, number: index + 1, skew: skews[(index + 1) % skews.count],
                disk: disk(index + 1), in: self)
            counties.append(county)
            offices.append(Office(county))
        }
    }

    static func skews(_ dice: Dice) -> [Int64] {
        (0...8).map { _ in
            dice.roll(0...2) == 0 ? dice.milliseconds(-400 * day...400 * day) : 0
        }
    }

    /// A second machine with the key, the history and the incarnation of the first: somebody
    /// copied its disk and started the copy.
    func clone(_ county: CountyMachine) throws -> CountyMachine {
        let clone = try CountyMachine(
            county.identity, number: machines.count, skew: 0, disk: county.disk.copy(),
            isCopied: true, in: self)
        clone.budgetBytes = county.budgetBytes
        counties.append(clone)
        offices.append(Office(clone))
        return clone
    }

    // MARK: Names

    static func key(_ number: Int) throws -> NodeKey {
        guard let key = NodeKey(secret: Digest.sha256([UInt8(number)]).bytes) else {
            throw StoreError.badToken
        }
        return key
    }

    func identity(
        _ name: String, _ role: Identity.Role, division: String, key: Int
    ) throws -> Identity {
        guard let node = NodeID(name), let hub = NodeID("630000-hub") else {
            throw StoreError.badToken
        }
        return Identity(
            node: node, role: role, division: division, incarnation: dice.next(),
            key: try Self.key(key), hub: hub, hubKey: try Self.key(0).publicKey, hubAddress: nil)
    }

    /// Whatever is still planned or waits holds on to this world.
    func end() {
        schedule.forget()
        network.forget()
        hub.hangUp()
    }

    // MARK: Registrations

    func start() throws { for machine in machines { try machine.start() } }

    /// The hub's administrator sees to it that a node is registered with these scopes, or not at
    /// all when there are none.
    func register(_ identity: Identity, scopes: [Scope]? = nil) throws {
        let scopes = scopes ?? identity.ownScopes
        let isNews = try hub.administer { try register(identity, scopes, at: $0) }
        if isNews, hub.store != nil { try hub.wrote() }
    }

    /// False: it stands so already.
    private func register(
        _ identity: Identity, _ scopes: [Scope], at store: Store
    ) throws -> Bool {
        let member = try store.member(identity.node)
        if let member, member.key == identity.key.publicKey, member.scopes == scopes.sorted() {
            return false
        }
        let values: [GroupID: Edit.GroupWrite] = [
            RegisteredNode.Group.identity: .fields([
                RegisteredNode.node: .text(identity.node.name),
                RegisteredNode.publicKey: .text(
                    Data(identity.key.publicKey.bytes).base64EncodedString()),
            ]),
            RegisteredNode.Group.grant: .fields([
                RegisteredNode.scopes: .list(scopes.map { .text($0.description) })
            ]),
        ]
        let records = try registrations(of: identity.node, store)
        for record in records {
            let life = scopes.isEmpty ? LifeValue.withdrawn : LifeValue.alive
            // Several values, after the hub went back: a decision says the whole.
            let isDisputed = record.state.groups.contains(where: \.isDisputed)
            _ = try store.append(
                Edit(
                    target: .existing(record.state.record), kind: isDisputed ? .decision : .edit,
                    basis: .token(record.token),
                    writes: (scopes.isEmpty ? [:] : try values.mapValues(verbatim))
                        .merging([ReservedGroup.life: .verbatim(life)]) { $1 },
                    author: "admin", schemaVersion: 1))
        }
        if records.isEmpty, !scopes.isEmpty {
            _ = try store.append(
                Edit(
                    target: .new(type: RegisteredNode.type.name, scope: .province, lane: .control),
                    basis: .nothing, writes: values, author: "admin", schemaVersion: 1))
        }
        return true
    }

    /// Also withdrawn ones; several, after a hub was lost and filled again.
    private func registrations(of node: NodeID, _ store: Store) throws -> [StoredRecord] {
        try store.records(ofType: RegisteredNode.type, limit: 1000).elements.filter { record in
            let identity = record.state.group(RegisteredNode.Group.identity)?.siblings ?? []
            return identity.contains { sibling in
                StateValues.fields(sibling.value).contains {
                    $0.key == RegisteredNode.node && $0.value == .text(node.name)
                }
            }
        }
    }

    private func verbatim(_ write: Edit.GroupWrite) throws -> Edit.GroupWrite {
        guard case .fields(let fields) = write else { return write }
        return .verbatim(
            ValueCodec.encode(
                group: fields.keys.sorted().map { Value.Entry($0, fields[$0] ?? .null) }))
    }

    // MARK: What is destroyed

    /// A disk is about to be lost, and perhaps replaced by an older copy: what only it held is
    /// excused.
    func destroy(_ machine: Machine, leaving copy: (any Disk)?) throws {
        if machine === hub { hadDisaster = true }
        let others = machines.filter { $0 !== machine }
        var survivors = try others.map { (store: try $0.inspected(), isRotten: $0.rot != nil) }
        let looked = try copy?.copy()
        if let looked { survivors.append((try machine.open(looked), false)) }
        func isHeld(_ id: ShortID, _ store: Store, _ isRotten: Bool) throws -> Bool {
            do { return try store.change(id) != nil } catch StoreError.damaged where isRotten {
                return false
            }
        }
        try withExtendedLifetime(looked) {
            for entry in ledger.entries where !ledger.excused.contains(entry.act.id) {
                let id = ShortID(entry.reference)
                if try !survivors.contains(where: { try isHeld(id, $0.store, $0.isRotten) }) {
                    ledger.excuse(entry)
                }
            }
        }
    }

    // MARK: What travels

    /// Invariant 10: nothing leaves for whom it was not granted.
    func checkScopes(of segments: [[UInt8]], _ scopes: [Scope], from machine: Machine) throws {
        if machine.rot != nil { return }
        for segment in segments {
            let log = SegmentCodec.declared(segment).log
            guard let log, !scopes.contains(log.scope) else { continue }
            throw violation("\(machine.name) sends \(log)", promise: "scope")
        }
    }

    // MARK: Words

    func note(_ fault: Fault, at county: CountyMachine) {
        tally.note(fault, in: county.state)
    }

    func violation(_ text: String, promise: String = #function) -> Violation {
        Violation(seed: seed, promise: promise, text: text)
    }

    /// What an honest node signed, another can read.
    func read<T>(_ decode: () throws -> T) throws -> T {
        do { return try decode() } catch let error as WireError {
            throw violation("a signed message cannot be read: \(error)", promise: "messages")
        }
    }

    func short(_ reference: Reference) -> String {
        "\(reference.log.node)/\(reference.log.incarnation % 1000)/\(reference.sequence)"
    }

    func trace(_ text: @autoclosure () -> String) {
        guard isTraced || isRecorded else { return }
        let line = "\(schedule.now) ms: \(text())"
        if isTraced { print(line) }
        if isRecorded { story.append(line) }
    }
}
