import Logging
import Rehearsal
import Service
import Store

/// A county in this process: the store, the loop and the client that `creditsync serve` runs,
/// without its API and pages.
///
/// Counties have machines of their own, and have been up for weeks. Processes of many, just
/// started, would spend most of what they take of two processors on being new.
struct HostedCounty: Sendable {
    /// Three of the database for its writer and each of four readers, and what is connected.
    static let openFiles = 20

    let name: String
    let node: Node
    private let loop: Task<Void, any Error>

    init(_ name: String, folder: String) throws {
        self.name = name
        let node = Node(
            store: try Store(folder: DataFolder(path: folder)),
            logger: Logger(label: name) { _ in SwiftLogNoOpLogHandler() })
        guard let loop = SyncLoop(node) else {
            throw NodeProcess.Broken(description: "\(name) has no hub")
        }
        self.node = node
        self.loop = Task { try await loop.run() }
    }

    func stop() async throws {
        loop.cancel()
        _ = try? await loop.value
        try node.store.close()
    }
}
