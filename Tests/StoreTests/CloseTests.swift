/// A process is told to stop while people still ask.
import Dispatch
import Testing

@testable import Store

@Suite struct CloseTests {
    /// Rounds enough that a reader meets the close: without ``OpenCalls`` one of them crashes.
    static let rounds = 25
    static let readers = 6

    @Test func `The store closes behind the calls under way, and lets no more in`() throws {
        for _ in 0..<Self.rounds {
            let folder = try TemporaryFolder()
            let owned = try DataFolder(path: folder.path)
            try Store.create(Province.county(1), in: owned)
            let store = try Store(folder: owned)
            _ = try store.newSupplier("甲公司")
            let group = DispatchGroup()
            let asked = DispatchSemaphore(value: 0)
            for _ in 0..<Self.readers {
                DispatchQueue.global().async(group: group) {
                    asked.signal()
                    // Until it is closed.
                    while (try? store.status()) != nil {}
                }
            }
            asked.wait()
            try store.close()
            group.wait()
            #expect(throws: OpenCalls.Closed.self) { try store.status() }
            #expect(throws: OpenCalls.Closed.self) { try store.newSupplier("乙公司") }
        }
    }
}
