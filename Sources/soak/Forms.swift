import Records

/// Bodies of invented records and edits. Each carries its attempt's mark.
enum Forms {
    static func supplier(_ code: Int, county: String, _ mark: String) -> [String: JSON] {
        [
            "uscc": .string(FictionalSupplier.code(index: code).code),
            "name": .string(FictionalSupplier.name(index: code) + mark),
            "orgForm": "ENTERPRISE", "regDivision": .string(county), "regStatus": "ACTIVE",
            "contactPhone": .string("0974-\(mark)"),
        ]
    }

    static func credit(supplier: String, _ mark: String) -> [String: JSON] {
        [
            "supplier": .string(supplier), "source": "OFFICIAL_REF", "decisionBody": "虚构机关",
            "decisionNo": .string("虚构〔2026〕\(mark)"), "decisionDate": "2026-03-01",
            "polarity": "BAD", "severity": "GENERAL", "facts": .string("虚构事实 \(mark)"),
            "publicityMode": "NONE", "expiry": "2027-06-30",
        ]
    }

    static func log(supplier: String?, at milliseconds: Int64, _ mark: String) -> [String: JSON] {
        var fields: [String: JSON] = [
            "kind": "REPAIR", "occurredAt": .integer(milliseconds),
            "site": .string("机关办公区\(milliseconds % 5 + 1)号楼"),
            "result": .string("已处理（虚构） \(mark)"),
        ]
        if let supplier { fields["supplier"] = .string(supplier) }
        return fields
    }

    /// New values for one or two groups of what a form shows.
    static func edit(type: String, _ mark: String, _ dice: inout Dice) -> [String: JSON] {
        var fields: [String: JSON] = [:]
        for _ in 0..<(dice.chance(30) ? 2 : 1) {
            let more =
                type == "supplier" ? supplierEdit(mark, &dice) : creditEdit(mark, &dice)
            fields.merge(more) { first, _ in first }
        }
        return fields
    }

    private static func supplierEdit(_ mark: String, _ dice: inout Dice) -> [String: JSON] {
        switch dice.roll(0...9) {
        case 0...4: return ["contactPhone": .string("0974-\(mark)")]
        case 5, 6: return ["contactPerson": .string("经办\(mark)")]
        case 7: return ["name": .string("示例服务有限公司（虚构）\(mark)")]
        case 8: return ["smeClass": dice.pick(["LARGE", "MEDIUM", "SMALL", "MICRO"]) ?? .null]
        default: return ["regStatus": dice.pick(["ACTIVE", "DEREGISTERED", "MOVED_OUT"]) ?? .null]
        }
    }

    private static func creditEdit(_ mark: String, _ dice: inout Dice) -> [String: JSON] {
        switch dice.roll(0...9) {
        case 0...3: return ["facts": .string("虚构事实，已核实 \(mark)")]
        case 4...6:
            let day = String(dice.roll(10...28))
            return [
                // Two who turn these without each other's knowledge break a rule together.
                "severity": dice.pick(["SLIGHT", "GENERAL", "SERIOUS"]) ?? .null,
                "expiry": .string("20\(dice.roll(27...60))-06-\(day)"),
            ]
        case 7, 8: return ["decisionNo": .string("虚构〔2026〕\(mark)")]
        default: return ["source": "PERFORMANCE"]
        }
    }
}
