import SyncCore

extension RecordType {
    /// JSON Schema 2020-12 of the body that creates a record. What schemas have no word for is under
    /// `x-`: groups, rules, titles in Chinese, limits in bytes.
    public var schema: JSON {
        var properties: [String: JSON] = [:]
        for field in fields { properties[field.name] = field.schema }
        var schema: [String: JSON] = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": .string(title.english),
            "x-title-zh": .string(title.chinese),
            "type": "object",
            "additionalProperties": false,
            "properties": .object(properties),
            "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
            "x-type": .string(name),
            "x-schemaVersion": .integer(Int64(schemaVersion)),
            "x-insertOnly": .bool(isInsertOnly),
            "x-consequential": .bool(isConsequential),
            "x-lane": .string(lane.name),
            "x-home": home == .province ? "province" : "county",
            "x-titleField": .string(nameOfField(titleField)),
            "x-searchFields": .array(searchFields.map { .string(nameOfField($0)) }),
            "x-groups": .array(groups.map(schema(of:))),
            "x-rules": .array(rules.map(schema(of:))),
        ]
        if let naturalKey { schema["x-naturalKey"] = .string(nameOfField(naturalKey)) }
        for group in groups {
            for id in group.fields {
                guard case .object(var property)? = properties[nameOfField(id)] else { continue }
                property["x-group"] = .string(group.name)
                properties[nameOfField(id)] = .object(property)
            }
        }
        schema["properties"] = .object(properties)
        return .object(schema)
    }

    private func schema(of group: FieldGroup) -> JSON {
        let isLastAgreed = group.inEffectWhileDisputed == .lastAgreed
        return [
            "id": .integer(Int64(group.id)),
            "name": .string(group.name),
            "title": .string(group.title.english),
            "x-title-zh": .string(group.title.chinese),
            "fields": .array(group.fields.map { .string(nameOfField($0)) }),
            "inEffectWhileDisputed": isLastAgreed ? "last-agreed" : "most-restrictive",
        ]
    }

    private func schema(of rule: RecordRule) -> JSON {
        [
            "number": .integer(Int64(rule.number)),
            "text": .string(rule.text.english),
            "x-text-zh": .string(rule.text.chinese),
            "fields": .array(rule.fields.map { .string(nameOfField($0)) }),
        ]
    }

    private func nameOfField(_ id: FieldID) -> String { field(id)?.name ?? String(id) }
}

extension Field {
    /// A null clears the field, so every field that is not required also takes null.
    fileprivate var schema: JSON {
        var schema = kind.schema
        if !isRequired {
            if let type = schema["type"] { schema["type"] = [type, "null"] }
            if case .array(let codes)? = schema["enum"] { schema["enum"] = .array(codes + [.null]) }
        }
        schema["title"] = .string(title.english)
        schema["x-title-zh"] = .string(title.chinese)
        schema["x-field"] = .integer(id)
        if isPersonal { schema["x-personal"] = true }
        return .object(schema)
    }
}

extension FieldKind {
    fileprivate var schema: [String: JSON] {
        switch self {
        case .text(let maxBytes, let isMultiline):
            return [
                "type": "string", "maxLength": .integer(Int64(maxBytes)),
                "x-maxBytes": .integer(Int64(maxBytes)), "x-multiline": .bool(isMultiline),
            ]
        case .code(let codes):
            return [
                "type": "string",
                "enum": .array(codes.map { .string($0.value) }),
                "x-enum-titles": .object(
                    Dictionary(codes.map { ($0.value, .string($0.title.english)) }) { a, _ in a }),
                "x-enum-titles-zh": .object(
                    Dictionary(codes.map { ($0.value, .string($0.title.chinese)) }) { a, _ in a }),
            ]
        case .integer(let range, let unit):
            var schema = Self.integerSchema(range)
            if let unit {
                schema["x-unit"] = .string(unit.english)
                schema["x-unit-zh"] = .string(unit.chinese)
            }
            return schema
        case .flag: return ["type": "boolean"]
        case .date: return ["type": "string", "format": "date"]
        case .instant:
            return Self.integerSchema(Self.instants)
                .merging(["x-unit": "milliseconds since 1970 UTC", "x-unit-zh": "毫秒"]) { a, _ in a }
        case .uscc:
            return Self.textSchema("uscc", "^[0-9A-HJ-NPQRTUWXY]{18}$")
        case .division: return Self.textSchema("division", "^[0-9]{6}$")
        case .reference(let type):
            return Self.textSchema("reference", "^[0-9a-hjkmnp-tv-z]{13,20}$")
                .merging(["x-references": .string(type)]) { a, _ in a }
        case .digest: return Self.textSchema("sha-256", "^[0-9a-f]{64}$")
        case .publicKey: return Self.textSchema("public-key", "^[A-Za-z0-9+/]{43}=$")
        case .nodeName:
            return Self.textSchema("node-name", "^[a-z0-9-]{1,\(Limits.nodeNameBytes)}$")
        case .scope: return Self.textSchema("scope", "^(province|county/[0-9]{6})$")
        case .list(let member, let max): return Self.arraySchema(member, max)
        case .set(let member, let max):
            return Self.arraySchema(member, max).merging(["uniqueItems": true]) { a, _ in a }
        }
    }

    private static func textSchema(_ format: String, _ pattern: String) -> [String: JSON] {
        ["type": "string", "x-format": .string(format), "pattern": .string(pattern)]
    }

    private static func integerSchema(_ range: ClosedRange<Int64>) -> [String: JSON] {
        [
            "type": "integer", "minimum": .integer(range.lowerBound),
            "maximum": .integer(range.upperBound),
        ]
    }

    private static func arraySchema(_ member: FieldKind, _ max: Int) -> [String: JSON] {
        ["type": "array", "items": .object(member.schema), "maxItems": .integer(Int64(max))]
    }
}
