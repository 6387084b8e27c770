import SyncCore

extension ChangeHeader {
    /// What each kind of change may carry.
    public var isConsistent: Bool {
        let creates = if case .creates = record { true } else { false }
        let writesVerdict = groups.contains { $0.group == ReservedGroup.verdict }
        switch kind {
        case .edit:
            guard !groups.isEmpty, target == nil, !writesVerdict else { return false }
            return !creates || (parents.isEmpty && groups.allSatisfy { $0.replaces.isEmpty })
        case .decision: return !creates && !groups.isEmpty && target == nil && !writesVerdict
        case .join: return !creates && groups.isEmpty && target == nil && !parents.isEmpty
        case .verdict:
            return !creates && parents.isEmpty && target != nil && groups.count == 1
                && writesVerdict
        case .void: return !creates && parents.isEmpty && target != nil && groups.isEmpty
        case .erasure: return false
        }
    }

    public func agrees(with payload: Payload) -> Bool {
        guard groups.elementsEqual(payload.values, by: { $0.group == $1.group }) else {
            return false
        }
        return kind != .verdict || VerdictValue.holds(payload) != nil
    }
}

/// The value of a verdict: `{1: true}` holds, `{1: false}` releases.
public enum VerdictValue {
    public static let hold: [UInt8] = [0xA1, 0x01, 0xF5]
    public static let release: [UInt8] = [0xA1, 0x01, 0xF4]

    public static func holds(_ payload: Payload) -> Bool? {
        switch payload.values.first?.bytes {
        case hold: true
        case release: false
        default: nil
        }
    }
}
