import GRDBSQLite
import Synchronization

/// One connection's open file.
final class OpenFile {
    let disk: FaultyDisk
    let file: Int
    /// Of which boot the process is.
    let boot: Int
    private let deletedOnClose: String?
    /// As in the system's own file system: the first sync of a new journal or log takes the folder
    /// with it, and whatever was made or deleted there before.
    private var syncsFolder: Bool
    private var memory: SharedMemory?

    init(
        disk: FaultyDisk, file: Int, boot: Int, deletedOnClose: String?, syncsFolder: Bool
    ) {
        self.disk = disk
        self.file = file
        self.boot = boot
        self.deletedOnClose = deletedOnClose
        self.syncsFolder = syncsFolder
    }

    private var user: ObjectIdentifier { ObjectIdentifier(self) }

    func close() {
        _ = unlock(SQLITE_LOCK_NONE)
        unmapMemory()
        if let deletedOnClose {
            _ = disk.perform(.delete(deletedOnClose, syncsFolder: false), boot: boot)
        }
    }

    func sync() -> Int32 {
        let code = disk.perform(.sync(file, syncsFolder: syncsFolder), boot: boot)
        if code == SQLITE_OK { syncsFolder = false }
        return code
    }

    var byteCount: Int? {
        disk.state.withLock { $0.isUp(boot) ? $0.contents.file(file).content.count : nil }
    }

    // MARK: Locks

    func lock(_ level: Int32) -> Int32 {
        disk.state.withLock { state in
            guard state.isUp(boot) else { return DiskChange.extended(15) }
            return state.locks[file, default: FileLocks()].lock(level, by: user)
                ? SQLITE_OK : SQLITE_BUSY
        }
    }

    func unlock(_ level: Int32) -> Int32 {
        disk.state.withLock { state in
            if state.isUp(boot) { state.locks[file]?.unlock(level, by: user) }
            return SQLITE_OK
        }
    }

    var isReserved: Bool { disk.state.withLock { $0.locks[file]?.isReserved ?? false } }

    // MARK: Shared memory

    func mapMemory(_ index: Int, byteCount: Int, extends: Bool) -> UnsafeMutableRawPointer? {
        disk.state.withLock { state in
            if memory == nil {
                let shared =
                    state.isUp(boot) ? state.memories[file] ?? SharedMemory() : SharedMemory()
                if state.isUp(boot) { state.memories[file] = shared }
                shared.users += 1
                memory = shared
            }
            return memory?.region(index, byteCount: byteCount, extends: extends)
        }
    }

    func lockMemory(_ slots: Range<Int>, flags: Int32) -> Int32 {
        disk.state.withLock { _ in
            guard let memory else { return DiskChange.extended(20) }
            if flags & SQLITE_SHM_UNLOCK != 0 {
                memory.unlock(slots, by: user)
                return SQLITE_OK
            }
            let isExclusive = flags & SQLITE_SHM_EXCLUSIVE != 0
            return memory.lock(slots, isExclusive: isExclusive, by: user) ? SQLITE_OK : SQLITE_BUSY
        }
    }

    /// Others see what was written before.
    func synchroniseMemory() { disk.state.withLock { _ in } }

    func unmapMemory() {
        disk.state.withLock { state in
            guard let memory else { return }
            memory.unlock(0..<Int(SQLITE_SHM_NLOCK), by: user)
            memory.users -= 1
            if memory.users == 0, state.memories[file] === memory { state.memories[file] = nil }
            self.memory = nil
        }
    }
}
