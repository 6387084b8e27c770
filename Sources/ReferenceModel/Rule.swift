/// What holds of a whole record, and what two people can break together who each kept it.
public struct Rule: Sendable {
    public let number: Int
    /// Of the values on which all agree, by field group.
    public let isBroken: @Sendable ([Int: [UInt8]]) -> Bool

    public init(_ number: Int, isBroken: @escaping @Sendable ([Int: [UInt8]]) -> Bool) {
        self.number = number
        self.isBroken = isBroken
    }
}

extension RecordModel {
    /// Those who kept the rule, by all that each had seen, and did not know of each other; nil where
    /// the rule holds, or where something else is to be decided first.
    func dispute(of rule: Rule) -> Picture.Dispute? {
        guard !isAnythingDisputed, rule.isBroken(agreed) else { return nil }
        let keepers = accepted.filter { !rule.isBroken(model(seenBy: $0).agreed) }
        var sides: Set<Int> = []
        for a in keepers {
            for b in keepers where a < b && areConcurrent(a, b) {
                if !someone([.decision], saw: a, and: b) { sides.formUnion([a, b]) }
            }
        }
        return sides.isEmpty
            ? nil : Picture.Dispute(kind: "broken-rule", sides: sides.sorted())
    }

    /// Verdicts count for everybody.
    private func model(seenBy id: Int) -> RecordModel {
        let seen = (reach[id] ?? []).union([id])
        return RecordModel(
            record: record, stored: acts.values.filter { !$0.isEdit || seen.contains($0.id) })
    }

    private var isAnythingDisputed: Bool { replaced.keys.contains(where: isDisputed) }

    private var agreed: [Int: [UInt8]] {
        var agreed: [Int: [UInt8]] = [:]
        for group in replaced.keys where !isDisputed(group) {
            if let sibling = siblings(group).first { agreed[group] = value(sibling, group) }
        }
        return agreed
    }
}
