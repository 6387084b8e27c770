import Foundation
import Synchronization

/// How much of the disk a service leaves free: people and counties are refused before the disk is
/// full, while the node can still read, answer, fetch and be repaired. A commit that meets a full
/// disk has an open outcome.
public final class DiskFloor: Sendable {
    public static let defaultMinimumFreeBytes: Int64 = 2 << 30

    /// 0: no floor.
    public let minimumFreeBytes: Int64
    private let freeBytes: @Sendable () -> Int64?
    private let clock: @Sendable () -> ContinuousClock.Instant
    /// The file system is not asked more often than once a second.
    private let last = Mutex<(at: ContinuousClock.Instant, isBelow: Bool)?>(nil)

    /// `freeBytes`: nil where nobody can say; then nothing is refused on that ground.
    public init(
        minimumFreeBytes: Int64,
        clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        freeBytes: @escaping @Sendable () -> Int64?
    ) {
        precondition(minimumFreeBytes >= 0, "a floor is no negative number of bytes")
        self.minimumFreeBytes = minimumFreeBytes
        self.freeBytes = freeBytes
        self.clock = clock
    }

    /// Of the file system that holds a data folder.
    public convenience init(
        path: String, minimumFreeBytes: Int64 = DiskFloor.defaultMinimumFreeBytes
    ) {
        self.init(minimumFreeBytes: minimumFreeBytes) { Self.freeBytes(path: path) }
    }

    /// For stores that are on no disk.
    public static var none: DiskFloor { DiskFloor(minimumFreeBytes: 0) { nil } }

    public var isBelow: Bool {
        if minimumFreeBytes == 0 { return false }
        let now = clock()
        return last.withLock { last in
            if let last, now - last.at < .seconds(1) { return last.isBelow }
            let isBelow = freeBytes().map { $0 < minimumFreeBytes } ?? false
            last = (now, isBelow)
            return isBelow
        }
    }

    /// What is free to a process that is not root.
    private static func freeBytes(path: String) -> Int64? {
        var found = statvfs()
        guard statvfs(path, &found) == 0 else { return nil }
        return Int64(clamping: UInt64(found.f_bavail) * UInt64(found.f_frsize))
    }
}
