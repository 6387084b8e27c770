import Foundation

/// Calls of the store that are under way, so that it closes behind them: GRDB closes a connection
/// under whoever asked for it in that moment, and SQLite reads through a null pointer then.
final class OpenCalls: @unchecked Sendable {
    struct Closed: Error {}

    // Both are only touched while the condition is locked.
    private let condition = NSCondition()
    private var running = 0
    private var isClosing = false

    func run<T>(_ work: () throws -> T) throws -> T {
        try enter()
        defer { leave() }
        return try work()
    }

    private func enter() throws {
        condition.lock()
        defer { condition.unlock() }
        if isClosing { throw Closed() }
        running += 1
    }

    private func leave() {
        condition.lock()
        running -= 1
        condition.broadcast()
        condition.unlock()
    }

    /// Lets nobody in any more and waits for those inside. False: some did not end in time.
    func close(within seconds: TimeInterval) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        isClosing = true
        let deadline = Date(timeIntervalSinceNow: seconds)
        while running > 0, condition.wait(until: deadline) {}
        return running == 0
    }
}
