import Records
import SyncCore
import Testing

@Suite struct `Every declaration` {
    @Test(arguments: Catalogue.all)
    func `puts each field into exactly one group`(type: RecordType) {
        let grouped = type.groups.flatMap(\.fields).sorted()
        #expect(grouped == type.fields.map(\.id).sorted())
        for field in type.fields { #expect(type.group(of: field.id) != nil) }
    }

    @Test(arguments: Catalogue.all)
    func `numbers and names everything once`(type: RecordType) {
        #expect(Set(type.fields.map(\.id)).count == type.fields.count)
        #expect(Set(type.fields.map(\.name)).count == type.fields.count)
        #expect(type.fields.allSatisfy { $0.id > 0 })
        #expect(Set(type.groups.map(\.id)).count == type.groups.count)
        #expect(Set(type.groups.map(\.name)).count == type.groups.count)
        #expect(type.groups.allSatisfy { $0.id >= ReservedGroup.firstDeclared })
        #expect(type.rules.map(\.number) == Array(1...(type.rules.count + 1)).dropLast())
    }

    @Test(arguments: Catalogue.all)
    func `refers only to fields that it has`(type: RecordType) {
        let used =
            [type.titleField] + type.searchFields + (type.naturalKey.map { [$0] } ?? [])
            + type.rules.flatMap(\.fields)
        for field in used { #expect(type.field(field) != nil) }
        for rule in type.rules { #expect(!rule.fields.isEmpty) }
    }

    @Test(arguments: Catalogue.all)
    func `names in camel case, and links only to known types`(type: RecordType) {
        for field in type.fields {
            #expect(field.name.first?.isLowercase == true && field.name.allSatisfy(\.isLetter))
            if case .reference(let target) = field.kind {
                #expect(Catalogue.type(named: target) != nil)
            }
        }
        #expect(type.name.utf8.count <= Limits.typeNameBytes)
    }

    @Test(arguments: Catalogue.all)
    func `fits the largest record into one change`(type: RecordType) {
        #expect(type.fields.map(\.kind.mostBytes).reduce(0, +) < Limits.changeBytes - 4096)
        #expect(type.groups.count <= Limits.fieldGroupsPerChange)
        #expect(type.schemaVersion >= 1)
    }

    @Test(arguments: Catalogue.all)
    func `orders every code of a group in which the most restrictive value counts`(
        type: RecordType
    ) throws {
        for group in type.groups {
            guard case .mostRestrictive(let by, let order, let dates) = group.inEffectWhileDisputed
            else { continue }
            guard case .code(let codes)? = type.field(by)?.kind else {
                Issue.record("the order is over a field that is no code")
                continue
            }
            #expect(Set(order) == Set(codes.map(\.value)) && order.count == codes.count)
            #expect(Set(dates + [by]).isSubset(of: group.fields))
        }
    }

    @Test(arguments: Catalogue.all)
    func `yields a schema with every field, its group and the rules`(type: RecordType) throws {
        let schema = type.schema
        #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema["additionalProperties"] == false)
        let properties = try #require(schema["properties"]?.object)
        #expect(Set(properties.keys) == Set(type.fields.map(\.name)))
        for field in type.fields {
            let property = properties[field.name]
            #expect(property?["x-group"]?.string == type.group(of: field.id)?.name)
            #expect(property?["title"]?.string == field.title.english)
            #expect(property?["x-title-zh"]?.string == field.title.chinese)
            #expect(property?["type"] != nil)
        }
        #expect(schema["x-rules"]?.array?.count == type.rules.count)
        #expect(schema["x-insertOnly"]?.bool == type.isInsertOnly)
    }

    @Test func `has its place and lane`() {
        let placed = Catalogue.all.map { "\($0.name) \($0.home) \($0.lane.name)" }
        #expect(
            placed == [
                "supplier province records", "creditRecord province records",
                "serviceLog county events", "node province control",
            ])
        #expect(Catalogue.all.filter(\.isInsertOnly).map(\.name) == ["serviceLog"])
        #expect(Catalogue.all.filter(\.isConsequential).map(\.name) == ["creditRecord"])
        #expect(Catalogue.type(named: "unheardOf") == nil)
    }

    @Test func `shows codes and nullability in the schema`() {
        let mode = CreditRecord.type.schema["properties"]?["publicityMode"]
        #expect(mode?["enum"] == ["NONE", "PUBLIC", nil])
        #expect(mode?["type"] == ["string", "null"])
        #expect(mode?["x-enum-titles-zh"]?["PUBLIC"] == "公示")
        let severity = CreditRecord.type.schema["properties"]?["severity"]
        #expect(severity?["type"] == "string")
        #expect(Supplier.type.schema["x-naturalKey"] == "uscc")
    }
}

extension FieldKind {
    /// A bound on the encoded value, with room for its heads.
    fileprivate var mostBytes: Int {
        switch self {
        case .text(let maxBytes, _): maxBytes + 8
        case .list(let member, let max), .set(let member, let max): max * member.mostBytes + 8
        default: 72
        }
    }
}
