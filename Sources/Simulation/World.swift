import Foundation
import Records
import Store
import SyncCore
import WireFormat

/// A promise of the model that did not hold.
struct Violation: Error, CustomStringConvertible {
    let seed: UInt64
    let text: String

    var description: String {
        "seed \(seed): \(text)\nReplay with a trace: simulate --seed \(seed) --trace"
    }
}

/// A province: the hub, its counties, the network between them, and the ledger of what people did.
final class World {
    /// 2026-01-01T00:00Z in milliseconds.
    static let epoch: Int64 = 1_767_225_600_000
    private static let day: Int64 = 86_400_000

    let seed: UInt64
    let isTraced: Bool
    let schedule = Schedule()
    let dice: Dice
    let network: Network
    let ledger = Ledger()
    var tally = Tally()
    /// Open conflicts, each time somebody looked at all of them.
    var conflictsSeen = 0
    private(set) var receipts: ReceiptBook!
    private(set) var hub: HubMachine!
    private(set) var counties: [CountyMachine] = []

    var machines: [Machine] { [hub] + counties }

    /// Two nodes of one county, and others.
    static let nodes = [
        ("632521-01", "632521"), ("632521-02", "632521"), ("632522-01", "632522"),
        ("632523-01", "632523"), ("632524-01", "632524"),
    ]

    /// `skews`: of the hub's clock and of each county's, in milliseconds.
    init(
        seed: UInt64, counties count: Int, faults: Faults, skews: [Int64], isTraced: Bool = false
    ) throws {
        self.seed = seed
        self.isTraced = isTraced
        dice = Dice(seed: seed)
        network = Network(schedule, faults: faults, dice: dice.fork())
        receipts = ReceiptBook(self)
        let identities = try World.nodes.prefix(count).enumerated().map { index, node in
            try identity(node.0, .county, division: node.1, number: index + 1)
        }
        let hub = try identity("630000-hub", .hub, division: "630000", number: 0)
        self.hub = try HubMachine(hub, skew: skews[0], in: self)
        for (index, identity) in identities.enumerated() {
            counties.append(
                try CountyMachine(identity, skew: skews[(index + 1) % skews.count], in: self))
        }
    }

    static func skews(_ dice: Dice) -> [Int64] {
        (0...nodes.count).map { _ in
            dice.roll(0...2) == 0 ? dice.milliseconds(-400 * day...400 * day) : 0
        }
    }

    /// A second machine with the key, the history and the incarnation of the first: somebody
    /// copied its disk and started the copy.
    func clone(_ county: CountyMachine) throws -> CountyMachine {
        let clone = try CountyMachine(
            county.identity, skew: 0, disk: InMemoryDatabase(copyOf: county.disk), in: self)
        clone.budgetBytes = county.budgetBytes
        counties.append(clone)
        return clone
    }

    // MARK: Names

    private static func key(_ number: Int) throws -> NodeKey {
        guard let key = NodeKey(secret: Digest.sha256([UInt8(number)]).bytes) else {
            throw StoreError.badToken
        }
        return key
    }

    private func identity(
        _ name: String, _ role: Identity.Role, division: String, number: Int
    ) throws -> Identity {
        guard let node = NodeID(name), let hub = NodeID("630000-hub") else {
            throw StoreError.badToken
        }
        return Identity(
            node: node, role: role, division: division, incarnation: dice.next(),
            key: try Self.key(number), hub: hub, hubKey: try Self.key(0).publicKey, hubAddress: nil)
    }

    // MARK: Events

    func start() throws { for machine in machines { try machine.start() } }

    /// The hub's administrator registers a node.
    func register(_ identity: Identity) throws {
        let scopes = identity.ownScopes.map { Value.text($0.description) }
        let key = Data(identity.key.publicKey.bytes).base64EncodedString()
        _ = try hub.inspected().append(
            Edit(
                target: .new(type: RegisteredNode.type.name, scope: .province, lane: .control),
                basis: .nothing,
                writes: [
                    RegisteredNode.Group.identity: .fields([
                        RegisteredNode.node: .text(identity.node.name),
                        RegisteredNode.publicKey: .text(key),
                    ]),
                    RegisteredNode.Group.grant: .fields([RegisteredNode.scopes: .list(scopes)]),
                ], author: "admin", schemaVersion: 1))
        if hub.store != nil { try hub.wrote() }
    }

    func violation(_ text: String) -> Violation { Violation(seed: seed, text: text) }

    func trace(_ text: @autoclosure () -> String) {
        guard isTraced else { return }
        print("\(schedule.now) ms: \(text())")
    }
}

/// Every receipt that a county got, and whether the hub has what it signed for: always, also after
/// it crashed.
final class ReceiptBook {
    private unowned let world: World
    private var receipts: [Receipt] = []
    private var seen: Set<Receipt> = []

    init(_ world: World) { self.world = world }

    func note(_ new: [Receipt], at machine: Machine) throws {
        for receipt in new where seen.insert(receipt).inserted {
            receipts.append(receipt)
            try check(receipt, try world.hub.inspected())
        }
    }

    func checkAll() throws {
        let hub = try world.hub.inspected()
        for receipt in receipts { try check(receipt, hub) }
    }

    private func check(_ receipt: Receipt, _ hub: Store) throws {
        let reference = Reference(
            log: receipt.log, sequence: receipt.sequence, hash: receipt.hash)
        guard try hub.change(ShortID(reference))?.hash == receipt.hash else {
            throw world.violation("the hub signed for \(reference), and does not hold it")
        }
    }
}
