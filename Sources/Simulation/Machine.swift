import Store
import SyncCore

/// A computer: a disk that outlives its processes, and at most one process at a time.
class Machine {
    unowned let world: World
    let number: Int
    private(set) var identity: Identity
    private(set) var disk: any Disk
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
    private(set) var backup: (any Disk)?
    /// What people here were told is kept, since this disk was put in.
    private(set) var promised: [Reference] = []
    /// A segment that rotted, until somebody looked.
    var rot: BitRot? {
        get { files?.rot }
        set { files?.rot = newValue }
    }
    /// Switched off until everything works again.
    var isSilent = false
    var crashRate: Int { 0 }

    var name: NodeID { identity.node }
    /// Where SQLite meets what goes wrong, and not the callers of the store.
    var files: FileDisk? { disk as? FileDisk }
    private let random: @Sendable (Int) -> [UInt8]
    /// What checks read while no process runs.
    private var looked: (disk: any Disk, store: Store)?

    /// `skew`: what its clock shows beyond the true time, in milliseconds. `disk`: empty, or with
    /// `isCopied` that of another machine.
    init(
        _ identity: Identity, number: Int, skew: Int64, disk: any Disk, isCopied: Bool = false,
        in world: World
    ) throws {
        self.world = world
        self.number = number
        self.identity = identity
        self.disk = disk
        dice = world.dice.fork()
        let clock = MachineClock(world.schedule.clock, skew: skew)
        self.clock = clock
        let salts = world.dice.fork()
        random = { salts.bytes($0) }
        if !isCopied { try disk.create(identity, clock: { clock.now }, random: random) }
    }

    func open(_ disk: any Disk) throws -> Store {
        try disk.open(clock: { [clock] in clock.now }, random: random)
    }

    /// For checks: what the disk holds, whether or not a process runs.
    func inspected() throws -> Store {
        if let store { return store }
        if let looked { return looked.store }
        // Looking at files changes them.
        let copy = files == nil ? disk : try disk.copy()
        let store = try open(copy)
        looked = (copy, store)
        return store
    }

    /// What an administrator does here, also while no process runs.
    func administer<T>(_ work: (Store) throws -> T) throws -> T {
        if let store { return try work(store) }
        let own = try open(disk)
        defer {
            if files != nil { try? own.close() }
            looked = nil
        }
        return try work(own)
    }

    // MARK: Processes

    func start() throws {
        guard store == nil, !isSilent else { return }
        process += 1
        looked = nil
        switch try attempt({ try open(disk) }) {
        case .done(let opened):
            store = opened
            world.trace("\(name) starts")
            if files != nil { try Checks(world: world).promises(self, opened) }
            try started()
        case .failed: startSoon()
        case .crashed: break
        }
    }

    /// Ends the process in good order; nothing starts it again.
    func stop() {
        // Closing copies the log into the database. What fails here nobody is told.
        if let files, let store {
            files.underFaults { try? store.close() }
            noteFired(files)
        }
        end()
    }

    private func end() {
        disk.abandon()
        if files != nil { try? store?.close() }
        store = nil
        process += 1
        stopped()
    }

    func crash() {
        world.trace("\(name) crashes")
        crashes += 1
        end()
        startSoon()
    }

    /// All goes dark: what was not synced may be gone, or half there.
    func cutPower() {
        files?.cutPower(seed: dice.next())
        crash()
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

    func putAside() throws { backup = try disk.copy() }

    /// Another disk is put in. `identity`: of a new, empty one.
    func replaceDisk(_ new: any Disk, _ identity: Identity? = nil) throws {
        stop()
        life += 1
        disk = new
        looked = nil
        promised = []
        if let identity {
            // Its key is not registered any more: whoever brings it back registers it first.
            if identity.key.publicKey != self.identity.key.publicKey { backup = nil }
            self.identity = identity
            try disk.create(identity, clock: { [clock] in clock.now }, random: random)
        }
        startSoon()
    }

    func promise(_ reference: Reference) { promised.append(reference) }

    /// Whether somebody shows changes of the current incarnation that are not stored here: it was
    /// written by somebody else, too, or before an older disk was put in.
    func isShownMore(_ scopes: [ScopeReport], than store: Store) throws -> Bool {
        // What rotted cannot be told from what was never there.
        guard rot == nil else { return false }
        let incarnation = store.identity.incarnation
        return try scopes.compactMap(\.clock).flatMap(\.entries).contains { entry in
            try entry.log.node == name && entry.log.incarnation == incarnation
                && entry.tips.contains { tip in
                    let shown = Reference(log: entry.log, sequence: tip.sequence, hash: tip.hash)
                    return try store.change(ShortID(shown)) == nil
                }
        }
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
}
