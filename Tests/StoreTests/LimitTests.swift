/// What no change may hold is refused before anything is written.
import LogWriting
import Records
import Store
import SyncCore
import Testing

@Suite struct LimitTests {
    let store: Store
    let record: Reference

    init() throws {
        store = try Province(counties: 1).counties[0].store
        record = try store.newSupplier("甲公司")
    }

    private func refusesAsTooLarge(_ edit: Edit) throws {
        let before = try store.stateDigest(of: .province)
        #expect {
            try store.append(edit)
        } throws: { error in
            if case StoreError.tooLarge = error { true } else { false }
        }
        #expect(try store.stateDigest(of: .province) == before)
        #expect(try store.history(ShortID(record))?.count == 1)
    }

    private func edit(_ name: String, reason: String? = nil) throws -> Edit {
        Edit(
            target: .existing(record), basis: .token(try store.shown(record).token),
            writes: [Supplier.Group.name: .name(name)], author: "clerk", reason: reason,
            schemaVersion: 1)
    }

    @Test func `A reason of more than its bytes`() throws {
        let longest = String(repeating: "r", count: Limits.reasonBytes)
        try refusesAsTooLarge(edit("乙公司", reason: longest + "r"))
        #expect(try store.append(edit("乙公司", reason: longest)).change != nil)
    }

    @Test func `A change of more than its bytes`() throws {
        try refusesAsTooLarge(edit(String(repeating: "n", count: Limits.changeBytes)))
    }

    @Test func `A decision between more sides than a change may name`() throws {
        let token = try store.shown(record).token
        for number in 0...Limits.referencesPerChange {
            try store.rename(record, "名称\(number)", basis: .keepBoth(token: token))
        }
        let conflict = try #require(try store.conflictNames().first)
        #expect {
            try store.decide(conflict, [Supplier.Group.name: .verbatim(LogWriter.name("定"))])
        } throws: { error in
            if case StoreError.tooLarge = error { true } else { false }
        }
        #expect(try store.conflictNames() == [conflict])
    }

    @Test func `A message that inflates to more than its bytes is taken up to them`() throws {
        let hub = try Province(counties: 2).hub.store
        var large = LogWriter(Province.county(1), incarnation: 5)
        for _ in 0..<8 {
            _ = large.supplier(String(repeating: "n", count: Limits.changeBytes - 1024))
        }
        var small = LogWriter(Province.county(2), incarnation: 5)
        _ = small.supplier("公司")
        let copies = Limits.decodedMessageBytes / (8 * (Limits.changeBytes - 1024))

        let report = try hub.apply(
            Array(repeating: large.sealed, count: copies) + [small.sealed])
        #expect(report.newChanges == 8)
        #expect(report.refusals.map(\.rule) == [.tooLarge])
        #expect(report.refusals.first?.log == small.log)
        #expect(try hub.apply([small.sealed]).newChanges == 1)
    }
}
