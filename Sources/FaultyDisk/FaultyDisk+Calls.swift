import GRDBSQLite
import Synchronization

/// A call that changes the disk.
enum DiskChange {
    case create(String)
    case write(Int, UnsafeRawBufferPointer, at: Int)
    case sync(Int, syncsFolder: Bool)
    case truncate(Int, to: Int)
    case delete(String, syncsFolder: Bool)

    var errorCode: Int32 {
        switch self {
        case .create: SQLITE_CANTOPEN
        case .write: Self.extended(3)
        case .sync: Self.extended(4)
        case .truncate: Self.extended(6)
        case .delete: Self.extended(10)
        }
    }

    /// Swift does not see the extended codes: they are expressions.
    static func extended(_ detail: Int32) -> Int32 { SQLITE_IOERR | detail << 8 }

    func grows(_ contents: DiskContents) -> Bool {
        switch self {
        case .create: true
        case .write(let file, let bytes, let offset):
            offset + bytes.count > contents.file(file).content.count
        case .sync, .truncate, .delete: false
        }
    }

    func apply(to contents: inout DiskContents) {
        switch self {
        case .create(let name): contents.create(name)
        case .write(let file, let bytes, let offset): contents.write(file, bytes, at: offset)
        case .sync(let file, let syncsFolder): contents.sync(file, syncsFolder: syncsFolder)
        case .truncate(let file, let count): contents.truncate(file, to: count)
        case .delete(let name, let syncsFolder): contents.delete(name, syncsFolder: syncsFolder)
        }
    }
}

extension FaultyDisk {
    var currentBoot: Int { state.withLock { $0.boot } }

    func adopt(_ name: String) {
        state.withLock { state in
            if !state.isDown, !state.contents.exists(name) { state.contents.create(name) }
        }
    }

    /// Does it, or fails as planned. The result is SQLite's.
    func perform(_ change: DiskChange, boot: Int) -> Int32 {
        let (code, meanwhile) = state.withLock { state in
            guard state.isUp(boot) else {
                return (change.errorCode, nil as (@Sendable () -> Void)?)
            }
            if state.ignoresSyncs, case .sync = change { return (SQLITE_OK, nil) }
            if state.isPaused || state.fault?.concerns(change) == false {
                change.apply(to: &state.contents)
                return (SQLITE_OK, nil)
            }
            state.changes += 1
            return state.perform(change)
        }
        // Without the disk's lock: others read and lock while this call hangs.
        meanwhile?()
        return code
    }

    /// Fills the buffer; what lies behind the end of the file is zeros and a short read.
    func read(_ file: Int, into buffer: UnsafeMutableRawBufferPointer, at offset: Int, boot: Int)
        -> Int32
    {
        state.withLock { state in
            guard state.isUp(boot) else { return DiskChange.extended(1) }
            if !state.isPaused { state.reads += 1 }
            if !state.isPaused, let fault = state.fault, fault.kind == .readError,
                fault.call == state.reads
            {
                state.hasFired = true
                return DiskChange.extended(1)
            }
            let content = state.contents.file(file).content
            let part = content[
                min(offset, content.count)..<min(offset + buffer.count, content.count)]
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            buffer.copyBytes(from: part)
            return part.count == buffer.count ? SQLITE_OK : DiskChange.extended(2)
        }
    }
}

extension FaultyDisk.State {
    func isUp(_ boot: Int) -> Bool { !isDown && boot == self.boot }

    mutating func perform(_ change: DiskChange) -> (Int32, (@Sendable () -> Void)?) {
        guard let fault, fault.call <= changes else {
            change.apply(to: &contents)
            return (SQLITE_OK, nil)
        }
        if fault.kind == .full, change.grows(contents) {
            hasFired = true
            return (SQLITE_FULL, nil)
        }
        let isOver = fault.call < changes && !fault.lasts
        if isOver || fault.kind == .full || fault.kind == .readError {
            change.apply(to: &contents)
            return (SQLITE_OK, nil)
        }
        hasFired = true
        switch fault.kind {
        case .crashBefore: isDown = true
        case .crashAfter:
            change.apply(to: &contents)
            isDown = true
        case .powerCut(let seed):
            // A sync that is cut off has not happened yet; anything else may have.
            if case .sync = change {} else { change.apply(to: &contents) }
            contents.cutPower(seed: seed)
            isDown = true
        case .ioError: if case .sync(let file, _) = change { contents.failSync(file) }
        case .slow:
            change.apply(to: &contents)
            return (SQLITE_OK, meanwhile)
        case .full, .readError: break
        }
        return (change.errorCode, nil)
    }
}
