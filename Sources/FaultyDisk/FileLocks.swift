import GRDBSQLite

/// SQLite's five levels of locks on one file, between the connections of one process.
struct FileLocks: Sendable {
    private var levels: [ObjectIdentifier: Int32] = [:]

    /// False: somebody else's lock is in the way. Who waits for readers keeps new ones out.
    mutating func lock(_ level: Int32, by user: ObjectIdentifier) -> Bool {
        let own = levels[user] ?? SQLITE_LOCK_NONE
        if own >= level { return true }
        let highest = levels.filter { $0.key != user }.values.max() ?? SQLITE_LOCK_NONE
        switch level {
        case SQLITE_LOCK_SHARED: if highest >= SQLITE_LOCK_PENDING { return false }
        case SQLITE_LOCK_RESERVED: if highest >= SQLITE_LOCK_RESERVED { return false }
        default:
            if highest >= SQLITE_LOCK_RESERVED { return false }
            if highest >= SQLITE_LOCK_SHARED {
                levels[user] = SQLITE_LOCK_PENDING
                return false
            }
        }
        levels[user] = level
        return true
    }

    mutating func unlock(_ level: Int32, by user: ObjectIdentifier) {
        levels[user] = level == SQLITE_LOCK_NONE ? nil : level
    }

    var isReserved: Bool { levels.values.contains { $0 >= SQLITE_LOCK_RESERVED } }
}
