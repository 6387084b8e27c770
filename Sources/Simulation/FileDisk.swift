import FaultyDisk
import Foundation
import Store

/// Files below SQLite, as in production: a node's folder, its log, full syncs. Fails as planned,
/// within calls of the store.
final class FileDisk: Disk {
    static let file = "node.sqlite"

    private let disk: FaultyDisk
    private let folder: DataFolder
    private let changesPerTransaction: Int
    private var otherTool: OtherTool?
    private var isFull = false
    /// Copied with the rest.
    var rot: BitRot?
    /// Whose exchange is the occasion of what goes wrong next.
    private(set) weak var county: CountyMachine?

    /// `changesPerTransaction`: where it is small, one message takes several.
    init(
        _ contents: DiskContents = DiskContents(),
        changesPerTransaction: Int = Store.changesPerTransaction
    ) throws {
        self.changesPerTransaction = changesPerTransaction
        let path = NSTemporaryDirectory() + "creditsync-simulated-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        // The node asks the system whether it has a database before SQLite does.
        if contents.exists(Self.file) {
            _ = FileManager.default.createFile(atPath: path + "/" + Self.file, contents: nil)
        }
        disk = FaultyDisk(mountedAt: path)
        disk.boot(with: contents)
        disk.pause(true)
        folder = try DataFolder(path: path, busySeconds: 0)
    }

    deinit {
        otherTool = nil
        disk.unmount()
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    func create(_ identity: Identity, clock: @escaping Time, random: @escaping Salts) throws {
        try Store.create(identity, in: folder)
    }

    func open(clock: @escaping Time, random: @escaping Salts) throws -> Store {
        try Store(
            folder: folder, changesPerTransaction: changesPerTransaction, clock: clock,
            random: random)
    }

    func copy() throws -> any Disk {
        let copy = try FileDisk(
            disk.contents, changesPerTransaction: changesPerTransaction)
        copy.rot = rot
        return copy
    }

    func fresh() throws -> any Disk {
        try FileDisk(changesPerTransaction: changesPerTransaction)
    }

    func abandon() {
        disk.boot()
        otherTool = nil
    }

    /// To see that the checks find it.
    func ignoreSyncs() { disk.ignoreSyncs() }

    // MARK: Faults

    /// From now on, counted in changes of the disk that are made under faults. Every third error
    /// lasts until the store gives up.
    func plan(
        _ kind: DiskFault.Kind, at call: Int, ofSyncs: Bool = false, for county: CountyMachine
    ) {
        self.county = county
        isFull = kind == .full
        let lasts = kind == .ioError && call.isMultiple(of: 3)
        disk.plan(DiskFault(kind, at: call, ofSyncs: ofSyncs, lasting: lasts))
    }

    /// Near or far: a commit takes from ten to a hundred changes. Half of the time at a sync, where
    /// outcomes are decided.
    func planSoon(_ kind: DiskFault.Kind, for county: CountyMachine, _ dice: Dice) {
        if dice.roll(0...1) == 0 {
            plan(kind, at: dice.roll(1...3), ofSyncs: true, for: county)
        } else {
            plan(kind, at: dice.roll(1...(4 << (2 * dice.roll(0...2)))), for: county)
        }
    }

    func unplan() { disk.plan(nil) }

    func makeRoom() {
        if isFull { disk.plan(nil) }
        isFull = false
    }

    var isDown: Bool { disk.isDown }

    func underFaults<T>(_ body: () throws -> T) rethrows -> T {
        disk.pause(false)
        defer { disk.pause(true) }
        return try body()
    }

    /// What came about since this was asked last. Only a full disk goes on failing.
    func takeFired() -> DiskFault.Kind? {
        guard let fault = disk.takeFired() else { return nil }
        if fault.kind != .full { disk.plan(nil) }
        return fault.kind
    }

    func cutPower(seed: UInt64) { disk.cutPower(seed: seed) }

    func writeBack() { disk.writeBack() }

    /// False: the machine's own process is writing.
    func lock() -> Bool {
        if otherTool == nil { otherTool = OtherTool(locking: folder.path + "/" + Self.file) }
        return otherTool != nil
    }

    func unlock() { otherTool = nil }

    // MARK: Bits

    /// Flips one bit within the stored copy of these bytes. False: they are not in the file.
    func flip(_ bit: Int, in bytes: [UInt8]) -> Bool {
        var contents = disk.contents
        let file = contents.bytes(of: Self.file)
        guard let place = file.firstRange(of: bytes)?.lowerBound else { return false }
        contents.flip(bit: bit % 8, ofByte: place + bit / 8 % bytes.count, in: Self.file)
        disk.boot(with: contents)
        return true
    }
}
