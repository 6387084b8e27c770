/// When a node stops taking in records.
import Store
import Synchronization
import Testing

@Suite struct DiskFloorTests {
    /// A disk and a clock that the test moves.
    private final class Disk: Sendable {
        private let state = Mutex((free: Int64(100), now: ContinuousClock.now, looks: 0))

        var looks: Int { state.withLock { $0.looks } }
        func leave(_ free: Int64) { state.withLock { $0.free = free } }
        func advance(_ duration: Duration) { state.withLock { $0.now += duration } }

        func floor(_ minimum: Int64) -> DiskFloor {
            DiskFloor(
                minimumFreeBytes: minimum, clock: { self.state.withLock { $0.now } },
                freeBytes: {
                    self.state.withLock { state in
                        state.looks += 1
                        return state.free
                    }
                })
        }
    }

    @Test func `Below the floor, at it and above`() {
        for (free, isBelow) in [(Int64(99), true), (100, false), (101, false)] {
            let disk = Disk()
            disk.leave(free)
            #expect(disk.floor(100).isBelow == isBelow)
        }
    }

    @Test func `The disk is asked once a second at most`() {
        let disk = Disk()
        let floor = disk.floor(100)
        #expect(!floor.isBelow)
        disk.leave(0)
        disk.advance(.milliseconds(900))
        #expect(!floor.isBelow)
        #expect(disk.looks == 1)
        disk.advance(.milliseconds(100))
        #expect(floor.isBelow)
        #expect(disk.looks == 2)
    }

    @Test func `Zero switches it off, and an unknown disk refuses nothing`() {
        let disk = Disk()
        disk.leave(0)
        #expect(!disk.floor(0).isBelow)
        #expect(disk.looks == 0)
        #expect(!DiskFloor(minimumFreeBytes: 1) { nil }.isBelow)
        #expect(!DiskFloor(path: "/nowhere", minimumFreeBytes: .max).isBelow)
    }

    @Test func `A folder is judged by its file system`() throws {
        let folder = try TemporaryFolder()
        #expect(!DiskFloor(path: folder.path, minimumFreeBytes: 1).isBelow)
        #expect(DiskFloor(path: folder.path, minimumFreeBytes: .max).isBelow)
    }
}
