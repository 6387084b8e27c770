import Records
import SyncCore
import Testing

@Suite struct `A field group` {
    private let standing = CreditRecord.type.group(named: "standing")!

    private func entries(_ edit: [String: JSON]) -> [Value.Entry] {
        let parsed = CreditRecord.type.parse(edit, isNew: false)
        #expect(parsed.problems.isEmpty)
        return parsed.values.map { Value.Entry($0.key, $0.value) }.sorted { $0.key < $1.key }
    }

    @Test func `is touched by any of its fields`() {
        let touched = CreditRecord.type.groups(
            touchedBy: [CreditRecord.expiry, CreditRecord.severity, CreditRecord.facts])
        #expect(touched.map(\.name) == ["conduct", "standing"])
        #expect(CreditRecord.type.groups(touchedBy: []).isEmpty)
    }

    @Test func `in dispute has the most restrictive value in effect, in any order`() {
        let slight = entries(["severity": "SLIGHT", "expiry": "2029-01-01"])
        let short = entries(["severity": "GENERAL", "expiry": "2027-01-01"])
        let long = entries(["severity": "GENERAL", "expiry": "2028-01-01"])
        let newer = [Value.Entry(CreditRecord.severity, .text("GRAVE"))]
        #expect(standing.valueInEffect(lastAgreed: slight, siblings: [short, long]) == long)
        #expect(standing.valueInEffect(lastAgreed: slight, siblings: [long, short]) == long)
        #expect(standing.valueInEffect(lastAgreed: long, siblings: [slight, []]) == long)
        #expect(standing.valueInEffect(lastAgreed: nil, siblings: [[], slight]) == slight)
        #expect(standing.mostRestrictive(of: [newer, long]) == newer)
        #expect(standing.mostRestrictive(of: []) == nil)
    }

    @Test func `that ranks alike is chosen alike everywhere`() {
        let a = entries(["severity": "SERIOUS", "publicityMode": "NONE"])
        let b = entries(["severity": "SERIOUS", "publicityMode": "PUBLIC"])
        #expect(standing.mostRestrictive(of: [a, b]) == standing.mostRestrictive(of: [b, a]))
    }

    @Test func `without an order keeps the last agreed value`() throws {
        let basis = try #require(CreditRecord.type.group(named: "basis"))
        let agreed = [Value.Entry(CreditRecord.decisionNo, .text("一号"))]
        let other = [Value.Entry(CreditRecord.decisionNo, .text("二号"))]
        #expect(basis.valueInEffect(lastAgreed: agreed, siblings: [other]) == agreed)
        #expect(basis.valueInEffect(lastAgreed: nil, siblings: [other]) == nil)
        #expect(basis.mostRestrictive(of: [agreed, other]) == nil)
    }
}
