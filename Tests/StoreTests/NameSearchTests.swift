/// Search of names by any part of them.
import Records
import Store
import SyncCore
import Testing

@Suite struct NameSearchTests {
    let store: Store
    let record: Reference

    init() throws {
        store = try Province(counties: 1).counties[0].store
        record = try store.newSupplier(
            "高原红物业服务有限公司", code: 3, formerNames: ["Qinghai Star 保洁部", "共和县ＡＢＣ公司"])
        _ = try store.newSupplier("湟水餐饮管理有限公司")
    }

    @Test(arguments: [
        "物业", "高原红", "物业服务有限公司", "红", "司", "高", "红物", "有限公司",
        "物业 高原", "服务 红", "高原红　公司", "保洁", "qinghai", "QINGHAI STAR", "star保洁", "ＡＢＣ", "abc",
        "县ＡＢＣ公", "ＳＴＡＲ", "“物业”", "物业*", "物业 AND 服务", "91990000",
    ])
    func `A part of a name, present or former, finds the record`(_ text: String) throws {
        #expect(try store.found(text).contains(record) == !text.contains("AND"))
    }

    @Test(arguments: ["餐饮", "业物", "物业餐饮", "有限公司Qinghai", "部共", "物业 餐饮", "", "  ", "*", "\""])
    func `What is not in one of its names does not`(_ text: String) throws {
        #expect(try !store.found(text).contains(record))
    }

    @Test func `A common part finds all, up to the limit`() throws {
        #expect(try store.found("有限").count == 2)
        let first = try store.search("有限", type: Supplier.type, limit: 1)
        #expect(first.elements.count == 1)
        let rest = try store.search(
            "有限", type: Supplier.type, after: first.next, limit: 50)
        #expect(first.next != nil)
        #expect(!rest.elements.isEmpty && rest.next == nil)
        #expect(!rest.elements.map(\.id).contains(first.elements[0].id))
        for index in 0..<30 {
            _ = try store.append(
                Edit(
                    target: .new(type: "creditRecord", scope: .province, lane: .records),
                    basis: .nothing,
                    writes: [12: .fields([CreditRecord.facts: .text("稀有公司\(index)")])],
                    author: "clerk", schemaVersion: 1))
        }
        let late = try store.newSupplier("稀有公司")
        #expect(
            try store.search("稀有", type: Supplier.type, limit: 1).elements.map(\.state.record) == [
                late
            ])
    }

    @Test func `After a rename only the new name finds it`() throws {
        try store.edit(record, [11: .fields([2: .text("雪山绿化有限公司"), 3: .null])])
        #expect(try store.found("物业") == [])
        #expect(try store.found("雪山") == [record])
    }

    @Test func `A disputed name is found by each of its values`() throws {
        let token = try store.shown(record).token
        try store.rename(record, "雪山绿化有限公司")
        try store.rename(record, "青海湖保安有限公司", basis: .keepBoth(token: token))
        #expect(try store.found("雪山") == [record])
        #expect(try store.found("保安") == [record])
        #expect(try store.found("高原") == [])
    }

    @Test func `The index comes back with a rebuild`() throws {
        #expect(try store.found("物业") == [record])
        #expect(try store.rebuild())
        #expect(try store.found("物业") == [record])
        #expect(try store.found("有限").count == 2)
    }
}
