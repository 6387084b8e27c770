import FuzzEntry
import Records
import Store
import SyncCore

extension FuzzStoreTarget {
    /// What the sample store itself hands out: where a fuzzer has to start, since it finds no token
    /// by itself.
    public func examples() throws -> [[UInt8]] {
        guard self == .addresses else { return [] }
        let sample = try SampleStore()
        let store = sample.store
        let page = try store.records(ofType: Supplier.type, limit: 1)
        guard let record = try store.record(sample.record),
            let plain = try store.record(sample.plain),
            let conflict = try store.conflicts(limit: 1).elements.first?.name,
            let decision = try store.conflict(named: conflict)?.token
        else { throw Violation("the sample store holds a record with a conflict") }
        func text(_ use: AddressesTarget.Use, _ text: String) -> [UInt8] {
            [use.rawValue] + Array(text.utf8)
        }
        func coded(_ use: AddressesTarget.Use, _ text: String) -> [UInt8] {
            [use.rawValue | 0x80] + (Base32.decode(text) ?? [])
        }
        return [AddressesTarget.Use.list, .listUnknown, .search].map { coded($0, page.next ?? "") }
            + [AddressesTarget.Use.keepBoth, .token].map { coded($0, plain.token) }
            + [
                coded(.group, record.token),
                coded(.decision, decision), text(.conflict, conflict),
                text(.conflict, "duplicate.supplier.916329007104910195"),
                text(.conflicts, "\(1 << 40 | 1).group-11"), text(.text, "name 1"),
                text(.record, record.id.description), text(.naturalKey, "916329007104910195"),
            ]
    }
}
