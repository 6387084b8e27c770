import Records
import Store
import SyncCore
import Testing

@testable import Simulation

/// Found by leaving forms open while an older copy of a node's disk was put in.
@Suite("A form from before a raw copy of the disk was put back")
struct RestoredFormTests {
    private func named(_ name: String) -> [GroupID: Edit.GroupWrite] {
        [Supplier.Group.name: .fields([Supplier.name: .text(name)])]
    }

    private func rename(_ record: StoredRecord, _ name: String, _ basis: Edit.Basis) -> Edit {
        Edit(
            target: .existing(record.state.record), basis: basis, writes: named(name),
            author: "clerk", schemaVersion: 1)
    }

    /// The token names changes by their places, and after the restore another change has the place
    /// of the one that was shown: what nobody saw is overwritten.
    @Test("is not taken for one that showed what came since")
    func namesWhatItShowed() throws {
        let world = try World(seed: 1, counties: 1, faults: .none, skews: [0])
        let county = world.counties[0]
        let store = try county.inspected()
        let record = try store.append(
            Edit(
                target: .new(type: Supplier.type.name, scope: .province, lane: .records),
                basis: .nothing, writes: named("甲"), author: "clerk", schemaVersion: 1)
        ).record
        try county.putAside()
        let form = try store.append(rename(record, "乙", .token(record.token))).record

        let copy = try #require(county.backup)
        let restored = try county.open(copy)
        let now = try #require(try restored.record(record.state.record))
        _ = try restored.append(rename(now, "丙", .token(now.token)))
        // The person still sees 乙, and has never seen 丙.
        #expect(throws: StoreError.self) {
            try restored.append(rename(form, "丁", .token(form.token)))
        }
    }
}
