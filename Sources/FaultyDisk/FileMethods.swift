import GRDBSQLite

/// What SQLite's `sqlite3_file` is here: the methods, then the file.
struct FileSlot {
    var methods: UnsafePointer<sqlite3_io_methods>?
    var file: Unmanaged<OpenFile>?

    static func at(_ pointer: UnsafeMutablePointer<sqlite3_file>?) -> UnsafeMutablePointer<FileSlot>
    {
        guard let pointer else { preconditionFailure("SQLite names the file of each call") }
        return UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: FileSlot.self)
    }
}

extension UnsafeMutablePointer<sqlite3_file>? {
    fileprivate var open: OpenFile {
        guard let file = FileSlot.at(self).pointee.file else {
            preconditionFailure("SQLite calls a file only between opening and closing it")
        }
        return file.takeUnretainedValue()
    }
}

enum FileMethods {
    /// SQLite calls them from any thread; they never change.
    nonisolated(unsafe) static let pointer: UnsafePointer<sqlite3_io_methods> = {
        let pointer = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        pointer.initialize(to: methods)
        return UnsafePointer(pointer)
    }()

    private static var methods: sqlite3_io_methods {
        var methods = sqlite3_io_methods()
        // Version 2 has shared memory, version 3 memory-mapped files, which the store never uses.
        methods.iVersion = 2
        methods.xClose = { pointer in
            let slot = FileSlot.at(pointer)
            slot.pointee.file?.takeUnretainedValue().close()
            slot.pointee.file?.release()
            slot.pointee = FileSlot()
            return SQLITE_OK
        }
        methods.xRead = { pointer, buffer, count, offset in
            let file = pointer.open
            return file.disk.read(
                file.file, into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(count)),
                at: Int(offset), boot: file.boot)
        }
        methods.xWrite = { pointer, buffer, count, offset in
            let file = pointer.open
            let bytes = UnsafeRawBufferPointer(start: buffer, count: Int(count))
            return file.disk.perform(.write(file.file, bytes, at: Int(offset)), boot: file.boot)
        }
        methods.xTruncate = { pointer, count in
            let file = pointer.open
            return file.disk.perform(.truncate(file.file, to: Int(count)), boot: file.boot)
        }
        methods.xSync = { pointer, _ in pointer.open.sync() }
        methods.xFileSize = { pointer, count in
            guard let byteCount = pointer.open.byteCount else { return DiskChange.extended(7) }
            count?.pointee = Int64(byteCount)
            return SQLITE_OK
        }
        methods.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
        // As the system's own: neighbours of a write are safe, the sector counts as a page.
        methods.xSectorSize = { _ in 4096 }
        methods.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
        addLocks(&methods)
        return methods
    }

    private static func addLocks(_ methods: inout sqlite3_io_methods) {
        methods.xLock = { pointer, level in pointer.open.lock(level) }
        methods.xUnlock = { pointer, level in pointer.open.unlock(level) }
        methods.xCheckReservedLock = { pointer, result in
            result?.pointee = pointer.open.isReserved ? 1 : 0
            return SQLITE_OK
        }
        methods.xShmMap = { pointer, index, byteCount, extends, result in
            result?.pointee = pointer.open.mapMemory(
                Int(index), byteCount: Int(byteCount), extends: extends != 0)
            return SQLITE_OK
        }
        methods.xShmLock = { pointer, offset, count, flags in
            pointer.open.lockMemory(Int(offset)..<Int(offset + count), flags: flags)
        }
        methods.xShmBarrier = { pointer in pointer.open.synchroniseMemory() }
        methods.xShmUnmap = { pointer, _ in
            pointer.open.unmapMemory()
            return SQLITE_OK
        }
    }
}
