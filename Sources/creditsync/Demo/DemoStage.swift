import Rehearsal

/// Everything the demo has running, so that it can be stopped at any moment.
actor DemoStage {
    private(set) var all: [NodeProcess] = []
    private var links: [Link] = []
    /// The demo ran to its good end, and is only being looked at.
    private(set) var isComplete = false

    func add(_ node: NodeProcess) { all.append(node) }
    func add(_ link: Link) { links.append(link) }
    func complete() { isComplete = true }

    func stop() async {
        for node in all { try? await node.stop() }
        for link in links { try? await link.close() }
    }
}
