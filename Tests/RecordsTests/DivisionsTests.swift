import Records
import Testing

@Suite struct `Administrative divisions` {
    @Test(arguments: [
        ("630000", "青海省", "青海省"),
        ("632521", "共和县", "青海省海南藏族自治州共和县"),
        ("110101", "东城区", "北京市东城区"),
        ("469021", "定安县", "海南省定安县"),
        ("441900", "东莞市", "广东省东莞市"),
        ("630122", "湟中县", "青海省西宁市湟中县"),
    ])
    func `have names, short and full`(code: String, name: String, full: String) {
        #expect(Divisions.name(of: code) == name)
        #expect(Divisions.fullName(of: code) == full)
    }

    @Test func `of the reference province are 45 counties, ascending`() {
        let counties = Divisions.counties(ofProvince: "630000")
        #expect(counties.count == 45)
        #expect(counties.map(\.code) == counties.map(\.code).sorted())
        #expect(counties.contains { $0 == ("632521", "共和县") })
        #expect(Divisions.counties(ofProvince: "632521").isEmpty)
        #expect(Divisions.counties(ofProvince: "990000").isEmpty)
    }

    @Test func `are known when abolished, but not current`() {
        #expect(Divisions.isKnown("630122") && !Divisions.isCurrent("630122"))
        #expect(Divisions.isKnown("630106") && Divisions.isCurrent("630106"))
        #expect(!Divisions.isKnown("632900") && Divisions.name(of: "632900") == nil)
    }
}
