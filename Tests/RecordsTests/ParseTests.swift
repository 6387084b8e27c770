import Records
import SyncCore
import Testing

@Suite struct `Parsing a body` {
    @Test(arguments: Catalogue.all)
    func `takes a complete record and gives it back`(type: RecordType) throws {
        let body = try #require(Sample.bodies[type.name])
        #expect(Set(body.keys) == Set(type.fields.map(\.name)), "the sample fills every field")
        let (values, problems) = type.parse(body, isNew: true)
        #expect(!problems.hasErrors)
        #expect(type.check(values).isEmpty)
        let json = type.json(of: values)
        #expect(Set(json.keys) == Set(body.keys))
        let again = type.parse(json, isNew: true)
        #expect(again.values == values, "what is stored is a normal form")
    }

    @Test(arguments: Catalogue.all)
    func `misses required fields of a new record only`(type: RecordType) {
        let required = type.fields.filter(\.isRequired).map(\.name)
        let problems = type.parse([:], isNew: true).problems
        #expect(problems.map(\.field) == required)
        #expect(problems.allSatisfy { $0.code == "required" && $0.severity == .error })
        #expect(type.parse([:], isNew: false).problems.isEmpty)
    }

    @Test func `clears by null, but not what is required`() {
        let (values, problems) = Supplier.type.parse(
            ["smeClass": nil, "contactPhone": "  ", "categories": [], "name": nil], isNew: false)
        #expect(
            values == [
                Supplier.smeClass: .null, Supplier.contactPhone: .null, Supplier.categories: .null,
            ])
        #expect(problems.map(\.code) == ["required"])
        #expect(problems.map(\.field) == ["name"])
    }

    @Test func `refuses fields that are not declared`() {
        let problems = Supplier.type.parse(["name": "甲", "b": 1, "a": 2], isNew: true).problems
        #expect(problems.map(\.field) == ["a", "b"])
        #expect(Set(problems.map(\.code)) == ["unknown-field"])
    }

    @Test(
        arguments: [
            ("supplier", "name", 1, "wrong-kind"),
            ("supplier", "name", .string(String(repeating: "甲", count: 101)), "text-too-long"),
            ("supplier", "name", "甲\u{0}乙", "text-forbidden-character"),
            ("supplier", "name", "甲\n乙", "text-forbidden-character"),
            ("supplier", "name", "甲\u{202E}乙", "text-forbidden-character"),
            ("supplier", "name", "甲\u{2067}乙", "text-forbidden-character"),
            ("supplier", "name", "甲\u{2028}乙", "text-forbidden-character"),
            ("creditRecord", "facts", "甲\u{1B}乙", "text-forbidden-character"),
            ("supplier", "uscc", "914403001922038217", "uscc-check-digit"),
            ("supplier", "uscc", "91440300192203812I", "uscc-alphabet"),
            ("supplier", "uscc", "91440300192203821", "uscc-length"),
            ("supplier", "orgForm", "enterprise", "code-unknown"),
            ("supplier", "regDivision", "63252", "division-shape"),
            ("supplier", "regDivision", "63252A", "division-shape"),
            ("supplier", "formerNames", "甲", "wrong-kind"),
            ("supplier", "formerNames", .array(Array(repeating: "甲", count: 21)), "too-many-items"),
            ("creditRecord", "decisionDate", "2026-02-29", "date-invalid"),
            ("creditRecord", "supplier", "not an id", "reference-shape"),
            ("creditRecord", "evidence", ["abc"], "digest-shape"),
            ("serviceLog", "rating", 6, "integer-out-of-range"),
            ("serviceLog", "rating", "5", "wrong-kind"),
            ("serviceLog", "overdue", 1, "wrong-kind"),
            ("serviceLog", "doneAt", 1_790_000_000, "instant-out-of-range"),
            ("serviceLog", "doneAt", "2026-11-21", "wrong-kind"),
            ("node", "node", "Node 1", "node-name-shape"),
            ("node", "publicKey", "AAAA", "public-key-shape"),
            (
                "node", "publicKey", .string(String(repeating: "A", count: 42) + "B="),
                "public-key-shape"
            ),
            ("node", "scopes", ["county/63252"], "scope-shape"),
        ] as [(String, String, JSON, String)])
    func `refuses a wrong value`(
        type: String, field: String, json: JSON, code: String
    ) throws {
        let type = try #require(Catalogue.type(named: type))
        let (values, problems) = type.parse([field: json], isNew: false)
        #expect(problems.map(\.code) == [code])
        #expect(problems.allSatisfy { $0.severity == .error && $0.field.hasPrefix(field) })
        #expect(problems.allSatisfy { !$0.message.chinese.isEmpty && !$0.message.english.isEmpty })
        #expect(values.isEmpty)
    }

    @Test(
        arguments: [
            ("uscc", "916329007104910195", "uscc-division-unknown"),
            ("regDivision", "990000", "division-unknown"),
            ("regDivision", "630122", "division-abolished"),
        ] as [(String, String, String)])
    func `stores what is only doubtful, with a warning`(field: String, text: String, code: String) {
        let (values, problems) = Supplier.type.parse([field: .string(text)], isNew: false)
        #expect(problems.map(\.code) == [code])
        #expect(!problems.hasErrors)
        #expect(values.values.map { $0 } == [.text(text)])
    }

    @Test func `names the member of a list that is wrong`() {
        let problems = CreditRecord.type.parse(
            ["evidence": [.string(String(repeating: "0", count: 64)), "x"]], isNew: false
        ).problems
        #expect(problems.map(\.field) == ["evidence[1]"])
    }

    @Test func `makes equal sets equal, and keeps the order of lists`() {
        let values = Supplier.type.parse(
            ["categories": ["PROPERTY", "CATERING", "PROPERTY"]], isNew: false
        ).values
        #expect(values[Supplier.categories] == .list([.text("CATERING"), .text("PROPERTY")]))
        let basis = CreditRecord.type.parse(["legalBasis": ["乙", "", "甲"]], isNew: false).values
        #expect(basis[CreditRecord.legalBasis] == .list([.text("乙"), .text("甲")]))
    }

    @Test func `takes two ways to write one character for two members, in any order`() {
        let names: [JSON] = ["caf\u{E9}", "cafe\u{301}"]
        let bytes = [names, names.reversed()].map { names in
            let values = Supplier.type.parse(["formerNames": .array(names)], isNew: false).values
            guard case .list(let items) = values[Supplier.formerNames] else { return [[UInt8]]() }
            return items.map { if case .text(let text) = $0 { Array(text.utf8) } else { [] } }
        }
        #expect(bytes[0].count == 2)
        #expect(bytes[0] == bytes[1])
    }

    @Test func `refuses a code with a character that only looks like one of its own`() {
        let (values, problems) = Supplier.type.parse(
            ["regStatus": "REVO\u{212A}ED"], isNew: false)
        #expect(values.isEmpty)
        #expect(problems.map(\.code) == ["code-unknown"])
    }

    @Test func `normalises lines, codes, ids and digests`() {
        let values = CreditRecord.type.parse(
            [
                "facts": " 一\r\n二\r三 ", "decisionDate": "２０２６-11-21",
                "supplier": .string(Sample.recordID.uppercased()),
                "evidence": [.string(String(repeating: "AB", count: 32))],
            ], isNew: false
        ).values
        #expect(values[CreditRecord.facts] == .text("一\n二\n三"))
        #expect(values[CreditRecord.decisionDate] == .text("2026-11-21"))
        #expect(values[CreditRecord.supplier] == .text(Sample.recordID))
        #expect(
            values[CreditRecord.evidence] == .list([.text(String(repeating: "ab", count: 32))]))
    }
}
