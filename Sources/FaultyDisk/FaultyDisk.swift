import GRDBSQLite
import Synchronization

/// A disk in memory that SQLite uses for all files of one folder, and that fails as planned.
///
/// Crashes end a *boot*: every connection of that boot fails from then on, also after the next one
/// began, as if its process were gone.
public final class FaultyDisk: Sendable {
    struct State {
        var contents = DiskContents()
        var boot = 1
        var isDown = false
        var fault: DiskFault?
        var hasFired = false
        /// Syncs are answered and not done.
        var ignoresSyncs = false
        /// The plan waits: calls neither count nor fail.
        var isPaused = false
        /// Since the plan was made.
        var changes = 0
        var reads = 0
        var locks: [Int: FileLocks] = [:]
        var memories: [Int: SharedMemory] = [:]
        var meanwhile: (@Sendable () -> Void)?
    }

    let state = Mutex(State())
    public let folder: String

    /// From now on SQLite finds the files of this folder here.
    public init(mountedAt folder: String) {
        self.folder = folder
        VirtualFileSystem.mount(self)
    }

    public func unmount() { VirtualFileSystem.unmount(self) }

    // MARK: Between boots

    public var contents: DiskContents { state.withLock { $0.contents } }

    /// Processes of earlier boots are gone, the fault with them. `contents`: another disk.
    public func boot(with contents: DiskContents? = nil) {
        state.withLock { state in
            if let contents { state.contents = contents }
            state.boot += 1
            state.isDown = false
            state.fault = nil
            state.locks = [:]
            state.memories = [:]
        }
    }

    /// The system writes out by itself what nobody asked it to sync.
    public func writeBack() { state.withLock { $0.contents.syncAll() } }

    /// The machine goes off now.
    public func cutPower(seed: UInt64) {
        state.withLock { state in
            state.isDown = true
            state.contents.cutPower(seed: seed)
        }
    }

    // MARK: Faults

    /// Counting begins anew; nil: nothing goes wrong.
    public func plan(_ fault: DiskFault?) {
        state.withLock { state in
            state.fault = fault
            state.hasFired = false
            state.changes = 0
            state.reads = 0
        }
    }

    /// While paused nothing goes wrong, and no call counts.
    public func pause(_ isPaused: Bool) { state.withLock { $0.isPaused = isPaused } }

    /// A disk that says it has written what it has not.
    public func ignoreSyncs() { state.withLock { $0.ignoresSyncs = true } }

    /// The planned fault, once each time it came about.
    public func takeFired() -> DiskFault? {
        state.withLock { state in
            defer { state.hasFired = false }
            return state.hasFired ? state.fault : nil
        }
    }

    /// The process or the machine went off, and nothing works until the next boot.
    public var isDown: Bool { state.withLock { $0.isDown } }

    /// What others do while a slow call hangs.
    public func meanwhile(_ work: (@Sendable () -> Void)?) {
        state.withLock { $0.meanwhile = work }
    }

    /// Whether the planned fault came about.
    public var hasFired: Bool { state.withLock { $0.hasFired } }

    /// Calls that changed the disk, or wanted to, since the plan was made.
    public var changes: Int { state.withLock { $0.changes } }

    public var reads: Int { state.withLock { $0.reads } }
}
