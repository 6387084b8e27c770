import GRDBSQLite
import Synchronization

/// SQLite's source of randomness: the salts of its logs, which then are the same from the same
/// seed.
public enum Randomness {
    private static let dice = Mutex(Dice(seed: 0))

    /// SQLite's own generator begins anew with this seed. Of the whole process: nobody else may
    /// depend on what comes out.
    public static func begin(seed: UInt64) {
        VirtualFileSystem.register()
        dice.withLock { $0 = Dice(seed: seed) }
        sqlite3_randomness(0, nil)
    }

    static func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        dice.withLock { dice in
            for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: dice.next()) }
        }
    }
}
