import Foundation
import GRDBSQLite
import Synchronization

/// Where SQLite finds files by itself.
nonisolated(unsafe) private let systemsOwn: UnsafeMutablePointer<sqlite3_vfs> = {
    guard let system = sqlite3_vfs_find(nil) else { preconditionFailure("SQLite has files") }
    return system
}()

/// SQLite's way to files: those of mounted folders are on their disks, all others where they were.
///
/// GRDB names no file system when it opens a database, so this one is the default.
enum VirtualFileSystem {
    private static let disks = Mutex<[String: FaultyDisk]>([:])

    nonisolated(unsafe) private static let name = {
        let text: StaticString = "faulty"
        return UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }()

    static func register() { precondition(isRegistered, "SQLite takes another file system") }

    static func mount(_ disk: FaultyDisk) {
        register()
        disks.withLock { $0[disk.folder] = disk }
    }

    static func unmount(_ disk: FaultyDisk) {
        _ = disks.withLock { $0.removeValue(forKey: disk.folder) }
    }

    private static let isRegistered: Bool = {
        let pointer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        pointer.initialize(to: methods)
        return sqlite3_vfs_register(pointer, 1) == SQLITE_OK
    }()

    /// Of a mounted folder's file; nil: the system's.
    private static func place(
        _ path: UnsafePointer<CChar>?
    ) -> (disk: FaultyDisk, name: String)? {
        guard let path else { return nil }
        let text = String(cString: path)
        guard let slash = text.lastIndex(of: "/"),
            let disk = disks.withLock({ $0[String(text[..<slash])] })
        else { return nil }
        return (disk, String(text[text.index(after: slash)...]))
    }

    private static var methods: sqlite3_vfs {
        // Time and libraries stay the system's.
        var methods = systemsOwn.pointee
        methods.xRandomness = { _, count, bytes in
            Randomness.fill(UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)))
            return count
        }
        methods.pNext = nil
        methods.szOsFile = max(methods.szOsFile, Int32(MemoryLayout<FileSlot>.size))
        methods.zName = name
        methods.xOpen = { _, path, file, flags, outFlags in
            guard let (disk, name) = VirtualFileSystem.place(path) else {
                return systemsOwn.pointee.xOpen(systemsOwn, path, file, flags, outFlags)
            }
            // Somebody made the file without SQLite, to set its mode: it is there, and empty.
            if let path, access(path, F_OK) == 0 { disk.adopt(name) }
            outFlags?.pointee = flags
            return VirtualFileSystem.open(name, on: disk, into: FileSlot.at(file), flags: flags)
        }
        methods.xDelete = { _, path, syncsFolder in
            guard let (disk, name) = VirtualFileSystem.place(path) else {
                return systemsOwn.pointee.xDelete(systemsOwn, path, syncsFolder)
            }
            // SQLite takes a file that is gone already for deleted.
            if !disk.contents.exists(name) { return DiskChange.extended(23) }
            return disk.perform(
                .delete(name, syncsFolder: syncsFolder != 0), boot: disk.currentBoot)
        }
        methods.xAccess = { _, path, flags, result in
            guard let (disk, name) = VirtualFileSystem.place(path) else {
                return systemsOwn.pointee.xAccess(systemsOwn, path, flags, result)
            }
            result?.pointee = disk.contents.exists(name) ? 1 : 0
            return SQLITE_OK
        }
        methods.xFullPathname = { _, path, count, result in
            guard let path, let result, VirtualFileSystem.place(path) != nil else {
                return systemsOwn.pointee.xFullPathname(systemsOwn, path, count, result)
            }
            let text = UnsafeBufferPointer(start: path, count: String(cString: path).utf8.count + 1)
            guard text.count <= Int(count) else { return SQLITE_CANTOPEN }
            _ = UnsafeMutableBufferPointer(start: result, count: Int(count)).update(from: text)
            return SQLITE_OK
        }
        return methods
    }

    private static func open(
        _ name: String, on disk: FaultyDisk, into slot: UnsafeMutablePointer<FileSlot>, flags: Int32
    ) -> Int32 {
        // Without methods SQLite does not close what could not be opened.
        slot.initialize(to: FileSlot())
        let boot = disk.currentBoot
        if disk.state.withLock({ !$0.isUp(boot) }) { return SQLITE_CANTOPEN }
        let isNew = !disk.contents.exists(name)
        if isNew {
            guard flags & SQLITE_OPEN_CREATE != 0 else { return SQLITE_CANTOPEN }
            let code = disk.perform(.create(name), boot: boot)
            if code != SQLITE_OK { return code }
        }
        guard let file = disk.contents.id(of: name) else { return SQLITE_CANTOPEN }
        let journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL
        let open = OpenFile(
            disk: disk, file: file, boot: boot,
            deletedOnClose: flags & SQLITE_OPEN_DELETEONCLOSE != 0 ? name : nil,
            syncsFolder: isNew && flags & journals != 0)
        slot.pointee = FileSlot(methods: FileMethods.pointer, file: .passRetained(open))
        return SQLITE_OK
    }
}
