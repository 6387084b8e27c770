import Logging
import Rehearsal
import Service
import Store

/// A county in this process: the store, the loop and the client that `creditsync serve` runs,
/// without its API and pages.
///
/// Counties have machines of their own and have been up for weeks. As processes that were just
/// started they would take two thirds as much of this machine as their hub, most of it for being new.
struct HostedCounty: Sendable {
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
        do { try await loop.value } catch is CancellationError {}
        try node.store.close()
    }
}
