import Foundation

/// Everything that a rehearsal has running, so that it can be stopped at any moment.
public actor Cast {
    public private(set) var all: [NodeProcess] = []
    private var links: [Link] = []
    /// The rehearsal ran to its good end, and is only being looked at.
    public private(set) var isComplete = false

    public init() {}

    public func add(_ node: NodeProcess) { all.append(node) }
    public func add(_ link: Link) { links.append(link) }
    public func complete() { isComplete = true }

    public func stop() async {
        await withTaskGroup { group in
            for node in all {
                group.addTask {
                    // One that was paused hears nothing before it goes on.
                    await node.signal(SIGCONT)
                    try? await node.stop()
                }
            }
        }
        for link in links { try? await link.close() }
    }
}
