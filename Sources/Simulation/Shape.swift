import Store
import SyncCore

/// What happened, without what depends on claimed times: the places of changes, not their hashes.
struct Shape: Equatable {
    let conflicts: [String]
    let siblings: [String]

    init(_ world: World) throws {
        let hub = try world.hub.inspected()
        conflicts = try hub.conflicts(limit: 100_000).elements.map { item in
            let subject =
                switch item.subject {
                case .record(let record, let slot): "\(Self.place(record)) \(slot.name)"
                case .duplicate: item.name
                }
            return "\(item.kind.name) \(subject) \(item.sides.map { Self.place($0.reference) })"
        }.sorted()
        siblings = try world.ledger.records.flatMap { record in
            try hub.record(record)?.state.groups.map { group in
                "\(Self.place(record)) \(group.group) "
                    + "\(group.siblings.map { Self.place($0.reference) })"
            } ?? []
        }
    }

    private static func place(_ reference: Reference) -> String {
        "\(reference.log)/\(reference.sequence)"
    }
}
