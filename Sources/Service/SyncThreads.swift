import NIOPosix

/// Threads for the sync routes' calls of the store, apart from those of the API and the pages, so
/// that neither starves the other.
///
/// Looking has threads of its own: while exchanges queue before the one writer, requests must
/// still be authenticated and polls answered. A waiting poll takes no thread.
enum SyncThreads {
    /// As many as large bodies may be applied at once, and some for small ones.
    private static let writing = pool(8)
    private static let looking = pool(4)

    static func write<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await writing.runIfActive(work)
    }

    static func look<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await looking.runIfActive(work)
    }

    /// Runs as long as the process.
    private static func pool(_ threads: Int) -> NIOThreadPool {
        let pool = NIOThreadPool(numberOfThreads: threads)
        pool.start()
        return pool
    }
}
