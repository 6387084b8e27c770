import GRDB
import SyncCore

/// By which keys nodes' segments count, also where the projection that says so is damaged: the hub's
/// own log of registrations is folded once more, apart from it.
struct SignerRoll {
    private let identity: Identity
    private var signers: [NodeID: [Member]] = [:]

    init(_ db: Database, logs: LogTable, identity: Identity) throws {
        self.identity = identity
        let apart = try Store(
            inMemory: InMemoryDatabase(), identity: identity, clock: { 0 },
            random: { [UInt8](repeating: 0, count: $0) })
        for log in logs.ids.keys.sorted()
        where log.node == identity.hub && log.lane == .control && log.scope == .province {
            for run in logs.tree(of: log)?.runs ?? [] {
                try SegmentTable.eachSegment(
                    run: run.id, run.firstSequence...run.last.sequence, db
                ) { encoded, _ in
                    _ = try apart.apply([encoded])
                    return true
                }
            }
        }
        for node in Set(logs.ids.keys.map(\.node)).sorted() {
            signers[node] = try MemberTable.signers(of: node, identity: identity, db)
            let registered = try apart.read { apart in
                try MemberTable.signers(of: node, identity: identity, apart)
            }
            for member in registered where signers[node]?.contains(member) == false {
                signers[node]?.append(member)
            }
        }
    }

    func signers(of node: NodeID) -> [Member] { signers[node] ?? [] }
}
