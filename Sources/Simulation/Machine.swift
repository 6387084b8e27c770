import Store
import SyncCore

/// A computer: a disk that outlives its processes, and at most one process at a time.
class Machine {
    let world: World
    let identity: Identity
    let disk: InMemoryDatabase
    let dice: Dice
    /// Nil while no process runs.
    private(set) var store: Store?
    /// Counts processes: what an earlier one had planned does not happen.
    private(set) var process = 0
    private(set) var crashes = 0
    var crashRate: Int { 0 }

    var name: NodeID { identity.node }
    private let clock: @Sendable () -> Int64
    private let random: @Sendable (Int) -> [UInt8]

    /// `skew`: what its clock shows beyond the true time, in milliseconds. `disk`: that of another
    /// machine, copied; nil for a new one.
    init(
        _ identity: Identity, skew: Int64, disk: InMemoryDatabase? = nil, in world: World
    ) throws {
        self.world = world
        self.identity = identity
        self.disk = try disk ?? InMemoryDatabase()
        dice = world.dice.fork()
        let (time, salts) = (world.schedule.clock, world.dice.fork())
        clock = { World.epoch + time.now + skew }
        random = { salts.bytes($0) }
        if disk == nil { _ = try open(self.disk, identity) }
    }

    func open(_ disk: InMemoryDatabase, _ identity: Identity? = nil) throws -> Store {
        try Store(inMemory: disk, identity: identity, clock: clock, random: random)
    }

    /// For checks: what the disk holds, whether or not a process runs.
    func inspected() throws -> Store { try store ?? open(disk) }

    func start() throws {
        guard store == nil else { return }
        process += 1
        store = try open(disk)
        world.trace("\(name) starts")
        try started()
    }

    func crash() {
        world.trace("\(name) crashes")
        crashes += 1
        store = nil
        process += 1
        stopped()
        let process = process
        world.schedule.after(dice.milliseconds(100...60_000)) { [self] in
            if self.process == process { try start() }
        }
    }

    func started() throws {}
    func stopped() {}
    /// A person changed something here.
    func wrote() throws {}

    /// The next step of this process, if it lives that long.
    func step(_ body: @escaping (Store) throws -> Void) {
        let process = process
        world.schedule.after(dice.milliseconds(0...20)) { [self] in
            guard self.process == process, let store else { return }
            if dice.happens(perMillion: crashRate) { return crash() }
            try body(store)
        }
    }

    /// A person's write. What is acknowledged goes into the ledger before anything else happens;
    /// what was committed without an acknowledgement too, as that.
    func write(_ edit: Edit, _ entry: (Appended) throws -> LedgerEntry) throws {
        guard let store else { return }
        let appended = try store.append(edit)
        guard appended.change != nil else { return }
        var new = try entry(appended)
        if dice.happens(perMillion: world.network.faults.lostAcknowledgement) {
            new.isAcknowledged = false
        }
        guard let change = try store.change(ShortID(new.reference)) else {
            throw world.violation("\(name) does not find its own new change \(new.reference)")
        }
        new.headerBytes = change.headerBytes
        new.payloadBytes = change.payloadBytes
        world.ledger.add(new)
        world.trace("\(name) writes \(new)")
        if new.isAcknowledged { try wrote() } else { crash() }
    }
}
