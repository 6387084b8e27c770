/// Runs the work for all at once, and waits for all.
public func together<Element: Sendable>(
    _ elements: [Element], _ work: @escaping @Sendable (Element) async throws -> Void
) async throws {
    try await withThrowingTaskGroup { group in
        for element in elements { group.addTask { try await work(element) } }
        try await group.waitForAll()
    }
}

/// Ends the wait for something that never comes.
public func within(
    seconds: Int, _ what: String, _ work: @escaping @Sendable () async -> Void
) async throws {
    try await withThrowingTaskGroup { group in
        group.addTask { await work() }
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw NodeProcess.Broken(description: "waited \(seconds) s in vain until \(what)")
        }
        try await group.next()
        group.cancelAll()
    }
}
