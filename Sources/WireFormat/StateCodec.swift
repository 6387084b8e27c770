import SyncCore

/// The state of a record as bytes: the canonical form, by which nodes are compared, and the form
/// that a store keeps.
public enum StateCodec {
    /// `[record, type, [[group, [[reference, value], …]], …], heads, [[target, [verdict, …]], …]]`.
    ///
    /// A pure function of the changes stored. What depends on type declarations (classes of
    /// conflicts, natural keys) is left out, since two nodes may know different versions of them.
    public static func canonical(_ state: RecordState) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(count: 5)
        writeShared(state, to: &writer)
        return writer.bytes
    }

    private static func writeShared(_ state: RecordState, to writer: inout CBORWriter) {
        NameCodec.write(state.record, to: &writer)
        writer.text(state.type)
        writer.array(count: state.groups.count)
        for group in state.groups {
            writer.array(count: 2)
            writer.unsigned(UInt64(group.group))
            writer.array(count: group.siblings.count)
            for sibling in group.siblings {
                writer.array(count: 2)
                NameCodec.write(sibling.reference, to: &writer)
                writer.raw(sibling.value)
            }
        }
        NameCodec.write(state.heads, to: &writer)
        writer.array(count: state.verdicts.count)
        for standing in state.verdicts {
            writer.array(count: 2)
            NameCodec.write(standing.target, to: &writer)
            NameCodec.write(standing.verdicts, to: &writer)
        }
    }

    /// Everything: the canonical part, then what follows from it and is costly to find again.
    public static func encode(_ state: RecordState) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(count: 11)
        writeShared(state, to: &writer)
        writer.bool(state.isVisible)
        NameCodec.write(state.held, to: &writer)
        NameCodec.write(state.waiting, to: &writer)
        NameCodec.write(state.wanted, to: &writer)
        writer.array(count: state.groups.count)
        for group in state.groups {
            switch group.lastAgreed {
            case nil: writer.bool(false)
            case .unset: writer.null()
            case .value(let reference): NameCodec.write(reference, to: &writer)
            }
        }
        writer.array(count: state.conflicts.count)
        for conflict in state.conflicts {
            writer.array(count: 3)
            writer.text(conflict.slot.name)
            writer.unsigned(UInt64(conflict.kind.rawValue))
            NameCodec.write(conflict.sides, to: &writer)
        }
        return writer.bytes
    }

    public static func decode(_ bytes: [UInt8]) throws(WireError) -> RecordState {
        var reader = CBORReader(bytes)
        _ = try reader.array(max: 11)
        let record = try NameCodec.reference(&reader)
        let type = try reader.text(max: Limits.typeNameBytes)
        var siblings: [(GroupID, [Sibling])] = []
        for _ in 0..<(try reader.array(max: bytes.count)) {
            _ = try reader.array(max: 2)
            let group = GroupID(try reader.unsigned(max: UInt64(GroupID.max)))
            var list: [Sibling] = []
            for _ in 0..<(try reader.array(max: bytes.count)) {
                _ = try reader.array(max: 2)
                let reference = try NameCodec.reference(&reader)
                let range = try reader.item(depth: Limits.valueDepth)
                list.append(Sibling(reference: reference, value: Array(bytes[range])))
            }
            siblings.append((group, list))
        }
        let heads = try NameCodec.references(&reader, max: bytes.count)
        var verdicts: [(Reference, [Reference])] = []
        for _ in 0..<(try reader.array(max: bytes.count)) {
            _ = try reader.array(max: 2)
            verdicts.append(
                (
                    try NameCodec.reference(&reader),
                    try NameCodec.references(&reader, max: bytes.count)
                ))
        }
        let isVisible = try reader.bool()
        let held = try NameCodec.references(&reader, max: bytes.count)
        let waiting = try NameCodec.references(&reader, max: bytes.count)
        let wanted = try NameCodec.references(&reader, max: bytes.count)
        _ = try reader.array(max: siblings.count)
        var groups: [GroupState] = []
        for (group, list) in siblings {
            groups.append(
                GroupState(group: group, siblings: list, lastAgreed: try lastAgreed(&reader)))
        }
        var conflicts: [OpenConflict] = []
        for _ in 0..<(try reader.array(max: bytes.count)) {
            _ = try reader.array(max: 3)
            guard let slot = ConflictSlot(try reader.text(max: 64)),
                let kind = ConflictClass(rawValue: UInt8(try reader.unsigned(max: 255)))
            else { throw reader.fail(.malformed) }
            conflicts.append(
                OpenConflict(
                    slot: slot, kind: kind,
                    sides: try NameCodec.references(&reader, max: bytes.count)))
        }
        try reader.expectEnd()
        return RecordState(
            record: record, type: type, isVisible: isVisible, groups: groups, heads: heads,
            verdicts: verdicts.map {
                StandingVerdicts(target: $0.0, verdicts: $0.1, isHeld: held.contains($0.0))
            },
            waiting: waiting, wanted: wanted, conflicts: conflicts)
    }

    private static func lastAgreed(_ reader: inout CBORReader) throws(WireError) -> LastAgreed? {
        if reader.null() { return .unset }
        if !reader.isAtEnd, reader.bytes[reader.offset] == 0xF4 {
            _ = try reader.bool()
            return nil
        }
        return .value(try NameCodec.reference(&reader))
    }
}
