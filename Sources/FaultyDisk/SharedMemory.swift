import GRDBSQLite

/// The index of a write-ahead log that the connections of one process share, and its eight locks.
/// Guarded by its disk's lock.
final class SharedMemory: @unchecked Sendable {
    private var regions: [UnsafeMutableRawPointer] = []
    private var holders = [[ObjectIdentifier]](repeating: [], count: Int(SQLITE_SHM_NLOCK))
    private var isExclusive = [Bool](repeating: false, count: Int(SQLITE_SHM_NLOCK))
    var users = 0

    deinit { for region in regions { region.deallocate() } }

    func region(_ index: Int, byteCount: Int, extends: Bool) -> UnsafeMutableRawPointer? {
        while extends, regions.count <= index {
            let region = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 16)
            region.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
            regions.append(region)
        }
        return index < regions.count ? regions[index] : nil
    }

    /// False: somebody else's lock is in the way.
    func lock(_ slots: Range<Int>, isExclusive exclusive: Bool, by user: ObjectIdentifier) -> Bool {
        for slot in slots where holders[slot].contains(where: { $0 != user }) {
            if exclusive || isExclusive[slot] { return false }
        }
        for slot in slots {
            if !holders[slot].contains(user) { holders[slot].append(user) }
            isExclusive[slot] = exclusive
        }
        return true
    }

    func unlock(_ slots: Range<Int>, by user: ObjectIdentifier) {
        for slot in slots {
            holders[slot].removeAll { $0 == user }
            if holders[slot].isEmpty { isExclusive[slot] = false }
        }
    }
}
