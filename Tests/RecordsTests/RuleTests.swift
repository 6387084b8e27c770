import Records
import SyncCore
import Testing

@Suite struct `The rules` {
    @Test(
        arguments: [
            (["evidence": nil], [1]),
            (["evidence": nil, "publicityMode": "NONE"], []),
            (["legalBasis": nil, "decisionNo": nil, "source": "PERFORMANCE"], [1]),
            (["legalBasis": nil], []),
            (["decisionBody": nil], [2]),
            (["decisionNo": nil], [2]),
            (["decisionDate": nil], [2]),
            (["decisionDate": nil, "source": "PERFORMANCE"], []),
            (["severity": "SERIOUS", "source": "PERFORMANCE"], [3]),
            (["severity": "SERIOUS"], []),
            (["penaltyTo": "2026-09-30"], [4]),
            (["penaltyTo": "2026-10-01"], []),
            (["severity": "A"], [5]),
            (["polarity": "GOOD"], [5]),
            (["polarity": "GOOD", "severity": "B"], []),
            (["publicityFrom": nil], [6]),
            (["publicityMaxEnd": nil], [6]),
            (["publicityMinEnd": "2027-10-09"], [6]),
            (["publicityMinEnd": "2026-10-07"], [6]),
            (["publicityFrom": nil, "publicityMode": "NONE"], []),
            (["publicityMaxEnd": "2027-10-09"], [7]),
            (["severity": "SLIGHT"], [7]),
            (["severity": "SLIGHT", "publicityMaxEnd": "2027-01-08"], []),
            (["severity": "SERIOUS", "publicityMaxEnd": "2029-10-08"], []),
            (["severity": "SERIOUS", "publicityMaxEnd": "2029-10-09"], [7]),
            (["facts": "列入失信名单", "source": "PERFORMANCE"], [8]),
            (["facts": "列入失信名单"], []),
        ] as [([String: JSON], [Int])])
    func `of a credit record`(edit: [String: JSON], broken: [Int]) {
        let values = Sample.values(of: CreditRecord.type, edit)
        #expect(CreditRecord.type.brokenRules(values) == broken)
        let problems = CreditRecord.type.check(values)
        #expect(problems.map(\.code) == broken.map { "rule-\($0)" })
        #expect(problems.allSatisfy { $0.severity == .error && !$0.field.isEmpty })
    }

    @Test(
        arguments: [
            (["doneAt": 1_790_000_299_999], [1]),
            (["doneAt": 1_790_000_300_000], []),
            (["arrivedAt": nil, "doneAt": 1_790_000_000_000], []),
            (["overdue": true], [2]),
            (["doneAt": 1_790_000_600_001], [2]),
            (["doneAt": 1_790_000_600_001, "overdue": true], []),
            (["overdue": nil], []),
        ] as [([String: JSON], [Int])])
    func `of a service log`(edit: [String: JSON], broken: [Int]) {
        #expect(ServiceLog.type.brokenRules(Sample.values(of: ServiceLog.type, edit)) == broken)
    }

    @Test func `of a supplier`() {
        let values = Sample.values(of: Supplier.type, ["name": "示例甲"])
        #expect(Supplier.type.brokenRules(values) == [1])
        #expect(Supplier.type.check(values).map(\.field) == ["formerNames"])
    }

    @Test(arguments: Catalogue.all)
    func `are sound on values of any shape, since peers write them`(type: RecordType) {
        let shapes: [Value] = [
            .null, .bool(true), .integer(-1), .bytes([0]), .list([.null]), .map([]),
        ]
        for shape in shapes {
            let values = Dictionary(uniqueKeysWithValues: type.fields.map { ($0.id, shape) })
            #expect(type.brokenRules(values).isEmpty)
            _ = type.json(of: values)
        }
        #expect(type.brokenRules([:]).isEmpty)
    }
}
