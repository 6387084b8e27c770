import Records
import Service
import Store
import SyncCore

/// A record's values in effect, and how it stands.
struct StandingValues {
    let values: [FieldID: Value]
    let provisional: Set<GroupID>
    let isWithdrawn: Bool

    init(_ record: StoredRecord, _ type: RecordType, at node: Node) throws {
        let (values, provisional) = try node.valuesInEffect(record, type)
        self.values = values
        self.provisional = Set(provisional.map(\.id))
        isWithdrawn =
            record.state.group(ReservedGroup.life).map { life in
                life.siblings.allSatisfy { $0.value == LifeValue.withdrawn }
            } ?? false
    }
}
