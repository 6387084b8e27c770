import Records
import SyncCore
import WireFormat

/// Rules of a record type that the merged record breaks although each side kept them.
enum BrokenRules {
    static func added(to state: RecordState, story: Story, rules: TypeRules) -> RecordState {
        guard let type = Catalogue.type(named: state.type), !type.rules.isEmpty,
            !state.groups.contains(where: \.isDisputed)
        else { return state }
        let broken = type.brokenRules(StateValues.agreed(state))
        guard !broken.isEmpty else { return state }
        let pairs = story.undecidedPairs()
        let conflicts = broken.compactMap { rule -> OpenConflict? in
            func kept(_ side: Reference) -> Bool {
                let seen = story.seen(by: side).fold { rules[$0].merge }
                return !type.brokenRules(StateValues.agreed(seen)).contains(rule)
            }
            let sides = pairs.filter { kept($0.0) && kept($0.1) }.flatMap { [$0.0, $0.1] }
            guard !sides.isEmpty else { return nil }
            return OpenConflict(slot: .rule(rule), kind: .brokenRule, sides: Array(Set(sides)))
        }
        return state.adding(conflicts)
    }
}

/// Field values of a folded record.
public enum StateValues {
    /// Of every group that is not disputed.
    public static func agreed(_ state: RecordState) -> [FieldID: Value] {
        var values: [FieldID: Value] = [:]
        for group in state.groups where group.group >= ReservedGroup.firstDeclared {
            guard let bytes = group.agreedValue else { continue }
            for entry in fields(bytes) { values[entry.key] = entry.value }
        }
        return values
    }

    /// The fields of one group's value. What was stored was canonical when it was received.
    public static func fields(_ bytes: [UInt8]) -> [Value.Entry] {
        (try? ValueCodec.decode(group: bytes)) ?? []
    }
}
