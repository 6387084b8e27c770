import ReferenceModel
import Store
import SyncCore
import Synchronization

/// What one machine believes the time to be.
final class MachineClock: Sendable {
    private let time: VirtualClock
    private let skewMilliseconds: Atomic<Int64>

    init(_ time: VirtualClock, skew: Int64) {
        self.time = time
        skewMilliseconds = Atomic(skew)
    }

    var now: Int64 {
        World.epoch + time.wall + skewMilliseconds.load(ordering: .relaxed)
    }

    func jump(to skew: Int64) { skewMilliseconds.store(skew, ordering: .relaxed) }
}

/// A computer: a disk that outlives its processes, and at most one process at a time.
class Machine {
    unowned let world: World
    let number: Int
    private(set) var identity: Identity
    private(set) var disk: InMemoryDatabase
    let dice: Dice
    let clock: MachineClock
    /// Nil while no process runs.
    private(set) var store: Store?
    /// Counts processes: what an earlier one had planned does not happen.
    private(set) var process = 0
    /// Counts disks: what was read from an earlier one is not there any more.
    private(set) var life = 0
    private(set) var crashes = 0
    /// The last copy of the disk that somebody put aside.
    private(set) var backup: InMemoryDatabase?
    /// Switched off until everything works again.
    var isSilent = false
    var crashRate: Int { 0 }

    var name: NodeID { identity.node }
    private let random: @Sendable (Int) -> [UInt8]

    /// `skew`: what its clock shows beyond the true time, in milliseconds. `disk`: that of another
    /// machine, copied; nil for a new one.
    init(
        _ identity: Identity, number: Int, skew: Int64, disk: InMemoryDatabase? = nil,
        in world: World
    ) throws {
        self.world = world
        self.number = number
        self.identity = identity
        self.disk = try disk ?? InMemoryDatabase()
        dice = world.dice.fork()
        let clock = MachineClock(world.schedule.clock, skew: skew)
        self.clock = clock
        let salts = world.dice.fork()
        random = { salts.bytes($0) }
        if disk == nil { _ = try open(self.disk, identity) }
    }

    func open(_ disk: InMemoryDatabase, _ identity: Identity? = nil) throws -> Store {
        try Store(
            inMemory: disk, identity: identity, clock: { [clock] in clock.now }, random: random)
    }

    /// For checks: what the disk holds, whether or not a process runs.
    func inspected() throws -> Store { try store ?? open(disk) }

    // MARK: Processes

    func start() throws {
        guard store == nil, !isSilent else { return }
        process += 1
        store = try open(disk)
        world.trace("\(name) starts")
        try started()
    }

    /// Ends the process; nothing starts it again.
    func stop() {
        store = nil
        process += 1
        stopped()
    }

    func crash() {
        world.trace("\(name) crashes")
        crashes += 1
        stop()
        startSoon()
    }

    func startSoon() {
        let process = process
        world.schedule.after(dice.milliseconds(100...60_000)) { [self] in
            if self.process == process { try start() }
        }
    }

    func started() throws {}
    func stopped() {}
    /// A person changed something here.
    func wrote() throws {}

    // MARK: Disks

    func putAside() throws { backup = try InMemoryDatabase(copyOf: disk) }

    /// Another disk is put in. `identity`: of a new, empty one.
    func replaceDisk(_ new: InMemoryDatabase, _ identity: Identity? = nil) throws {
        stop()
        life += 1
        disk = new
        if let identity {
            self.identity = identity
            _ = try open(disk, identity)
        }
        startSoon()
    }

    // MARK: Steps

    /// The next step of this process, if it lives that long. `county`: whose exchange it is part of.
    func step(of county: CountyMachine? = nil, _ body: @escaping (Store) throws -> Void) {
        let process = process
        if world.network.faults.slowMilliseconds > 20, let county = county ?? self as? CountyMachine
        {
            world.note(.slowDisk, at: county)
        }
        world.schedule.after(dice.milliseconds(0...world.network.faults.slowMilliseconds)) {
            [self] in
            guard self.process == process, let store else { return }
            try body(store)
        }
    }

    /// What a call of the store comes to. After an I/O error nobody knows whether it was committed.
    enum Call<T> {
        case done(T)
        case failed(String)
        case crashed
    }

    /// `county`: whose exchange the call belongs to.
    func call<T>(_ store: Store, of county: CountyMachine, _ body: (Store) throws -> T) throws
        -> Call<T>
    {
        let faults = world.network.faults
        func happens(_ rate: Int, _ fault: Fault) -> Bool {
            guard county.due.take(fault) || dice.happens(perMillion: rate) else { return false }
            world.note(fault, at: county)
            return true
        }
        if happens(crashRate, .crash) {
            crash()
            return .crashed
        }
        if happens(faults.locked, .locked) { return .failed("locked") }
        if happens(faults.diskFull, .diskFull) { return .failed("disk full") }
        if happens(faults.ioError, .readOrWriteError) {
            if dice.roll(0...1) == 0 { _ = try body(store) }
            return .failed("i/o error")
        }
        let result = try body(store)
        if happens(crashRate, .crash) {
            crash()
            return .crashed
        }
        return .done(result)
    }

    /// A person's writes, all of them or none. What was committed goes into the ledger before
    /// anything else happens, also where the person does not hear of it.
    func write(_ edits: [Edit], _ entry: (Appended) throws -> LedgerEntry) throws {
        guard let store else { return }
        let faults = world.network.faults
        if dice.happens(perMillion: faults.locked + faults.diskFull) { return }
        let isLost = dice.happens(perMillion: faults.lostAcknowledgement)
        let isUnknown = dice.happens(perMillion: faults.ioError)
        let appended = try store.append(edits).filter { $0.change != nil }
        for appended in appended {
            var new = try entry(appended)
            new.isAcknowledged = !isLost && !isUnknown
            guard let change = try store.change(ShortID(new.reference)) else {
                throw world.violation("\(name) does not find its own new change \(new.reference)")
            }
            new.headerBytes = change.headerBytes
            new.payloadBytes = change.payloadBytes
            world.ledger.add(new)
            world.trace(
                "\(name) writes \(new.act.kind) \(world.short(new.reference)) of "
                    + "\(world.short(new.record)) groups \(new.act.writes.keys.sorted())")
        }
        if appended.isEmpty { return }
        // Where nobody knows whether it was committed, it may have been, and must not stay here.
        if isLost { crash() } else { try wrote() }
    }
}
