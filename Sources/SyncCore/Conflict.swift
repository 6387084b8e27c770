public enum ConflictClass: UInt8, Hashable, Sendable, CaseIterable {
    /// 同字段冲突
    case sameField = 1
    /// 撤销与修改
    case withdrawVsEdit = 2
    /// 并行修改
    case parallelEdit = 3
    /// 重复主体
    case duplicate = 4
    /// 裁定冲突
    case decisionVsDecision = 5
    /// 规则冲突
    case brokenRule = 6

    public var name: String {
        switch self {
        case .sameField: "same-field"
        case .withdrawVsEdit: "withdraw-vs-edit"
        case .parallelEdit: "parallel-edit"
        case .duplicate: "duplicate"
        case .decisionVsDecision: "decision-vs-decision"
        case .brokenRule: "broken-rule"
        }
    }

    public var chineseName: String {
        switch self {
        case .sameField: "同字段冲突"
        case .withdrawVsEdit: "撤销与修改"
        case .parallelEdit: "并行修改"
        case .duplicate: "重复主体"
        case .decisionVsDecision: "裁定冲突"
        case .brokenRule: "规则冲突"
        }
    }
}

/// Where on a record a conflict sits. At most one is open for each slot, and its address stays
/// while siblings come and go.
public enum ConflictSlot: Hashable, Sendable, Comparable {
    case group(GroupID)
    case life
    case parallel
    case rule(Int)

    /// `group-12`, `life`, `parallel`, `rule-1`.
    public var name: String {
        switch self {
        case .group(let group): "group-\(group)"
        case .life: "life"
        case .parallel: "parallel"
        case .rule(let number): "rule-\(number)"
        }
    }

    public init?(_ name: String) {
        switch name {
        case "life": self = .life
        case "parallel": self = .parallel
        default:
            let parts = name.split(separator: "-")
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "group":
                guard let group = GroupID(parts[1]) else { return nil }
                self = .group(group)
            case "rule":
                guard let number = Int(parts[1]), number >= 0 else { return nil }
                self = .rule(number)
            default: return nil
            }
            // One address for each slot: `group-01` is none.
            guard self.name == name else { return nil }
        }
    }

    public static func < (a: ConflictSlot, b: ConflictSlot) -> Bool { a.order < b.order }

    private var order: (Int, Int) {
        switch self {
        case .group(let group): (0, Int(group))
        case .life: (1, 0)
        case .parallel: (2, 0)
        case .rule(let number): (3, number)
        }
    }
}

/// A disagreement on one record that waits for a person.
public struct OpenConflict: Hashable, Sendable {
    public let slot: ConflictSlot
    public let kind: ConflictClass
    /// The changes that disagree, ascending. A decision names exactly the set it was shown, so a
    /// side that arrives later reopens the conflict by itself.
    public let sides: [Reference]

    public init(slot: ConflictSlot, kind: ConflictClass, sides: [Reference]) {
        self.slot = slot
        self.kind = kind
        self.sides = sides.sorted()
    }
}
