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
        // Each side is folded once, whatever the number of rules and partners.
        let views = story.acceptedEdits.map { side in
            let seen = story.seen(by: side).fold { rules[$0].merge }
            return (side: side, broken: Set(type.brokenRules(StateValues.agreed(seen))))
        }
        let conflicts = broken.compactMap { rule -> OpenConflict? in
            let keepers = views.filter { !$0.broken.contains(rule) }.map(\.side)
            let sides = story.undecided(among: keepers)
            if sides.isEmpty { return nil }
            return OpenConflict(slot: .rule(rule), kind: .brokenRule, sides: sides)
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
