import APIClient
import Records
import Rehearsal
import Synchronization
import Testing

extension EndToEnd {
    @Suite("A line that is cut")
    struct CutLine {
        static let logs = 300

        @Test(arguments: [1, 300, 700, 3000, 9000])
        func `A county killed in the middle of its upload loses and doubles nothing`(bytes: Int)
            async throws
        {
            try await Province.with(counties: 2) { province in
                let (county, link) = (province.counties[0], province.links[0])
                province.up()
                try await province.settle()
                province.down()
                let supplier = try await county.addSupplier(1)
                try await county.addLogs(Self.logs)
                let isCut = Flag()
                link.up(cutAfterBytes: bytes) { isCut.raise() }
                async let asked: Void = county.tryToSync()
                try await isCut.wait("the line is cut at byte \(bytes)")
                try await county.kill()
                await asked
                try await county.start()
                province.up()
                try await province.settle()
                #expect(try await province.hub.changes(of: county) == Self.logs + 1)
                #expect(try await province.counties[1].phone(of: supplier) == "0974-850000")
                try await province.expectConverged()
            }
        }

        @Test(arguments: [1, 300, 900, 2500, 5000])
        func `A county killed in the middle of a download comes back to the same state`(bytes: Int)
            async throws
        {
            try await Province.with(counties: 2) { province in
                let (county, link) = (province.counties[1], province.links[1])
                province.up()
                try await province.settle()
                link.down()
                for index in 1...60 { _ = try await province.counties[0].addSupplier(index) }
                try await county.addLogs(5)
                try await province.sync(province.counties[0])
                let isCut = Flag()
                link.up(cutAfterBytes: bytes, direction: .fromHub) { isCut.raise() }
                async let asked: Void = county.tryToSync()
                try await isCut.wait("the line is cut at byte \(bytes)")
                try await county.kill()
                await asked
                try await county.start()
                province.up()
                try await province.settle()
                #expect(try await county.changes(of: province.counties[0]) == 60)
                try await province.expectConverged()
            }
        }

        @Test(arguments: [0, 1])
        func `An answer lost after the hub's commit costs nothing but a retry`(bytes: Int)
            async throws
        {
            try await Province.with(counties: 1) { province in
                let (county, link) = (province.counties[0], province.links[0])
                province.up()
                try await province.settle()
                // Not down before: then it would ask first who is there.
                let isCut = Flag()
                link.up(cutAfterBytes: bytes, direction: .fromHub) { isCut.raise() }
                try await county.addLogs(20)
                async let asked: Void = county.tryToSync()
                try await isCut.wait("the answer is lost")
                await asked
                // What went out may have been put together before the last of them was written.
                let committed = try await province.hub.changes(of: county)
                #expect(committed > 0)
                #expect(try await county.pendingUpload() == 20)
                #expect(try await county.logs().allSatisfy { $0.receipted == 0 })
                #expect(try await county.status()["lastFailure"]?.string != nil)

                province.up()
                try await province.settle()
                #expect(try await province.hub.changes(of: county) == 20)
                try await province.expectConverged()
            }
        }
    }
}

/// Something that happened, told from another thread.
final class Flag: Sendable {
    private let isRaised = Mutex(false)

    var isUp: Bool { isRaised.withLock { $0 } }

    func raise() { isRaised.withLock { $0 = true } }

    func wait(_ what: String) async throws {
        try await until(seconds: 30, what) { isRaised.withLock { $0 } ? true : nil }
    }
}
