import ReferenceModel
import Store
import SyncCore

extension Pictures {
    /// A merged record stands as the one that it was merged into, and so on; those of a circle as
    /// the smallest of them.
    func compareAliases(_ hub: Store) throws {
        var target: [Reference: Reference] = [:]
        var shown: [Reference: StoredRecord] = [:]
        for record in ledger.records where ledger.entries(of: record)[0].type == "supplier" {
            shown[record] = try hub.record(record)
            let model = model(record, try stored(record, hub.history(ShortID(record)), hub))
            let group = Int(ReservedGroup.alias)
            let values = Set(
                model.siblings(group).compactMap { id in
                    ledger.entries(of: record).first { $0.act.id == id }?.act.writes[group]
                })
            if values.count == 1 { target[record] = values.first.flatMap(ledger.alias) }
        }
        for (record, stored) in shown {
            var path = [record]
            var standing: Reference?
            while standing == nil {
                let next = target[path[path.count - 1]].flatMap { shown[$0] == nil ? nil : $0 }
                guard let next else {
                    standing = path.last
                    break
                }
                if let start = path.firstIndex(of: next) { standing = path[start...].min() }
                path.append(next)
            }
            guard try hub.resolvingAlias(stored).state.record == standing else {
                throw world.violation(
                    "\(world.short(record)) does not stand as what it was merged into",
                    promise: "aliases")
            }
        }
    }
}
