/// What goes wrong, by the numbers under which the fault list names it.
public enum Fault: Int, CaseIterable, Sendable, CustomStringConvertible {
    case crash = 1
    case powerCut, readOrWriteError, diskFull, locked, slowDisk, bitRot
    case cutBody, loss, duplication, delay, partition, wrongClock
    case restoredNode, clonedNode, restoredHub, lostHub, reenrolledNode
    case versionSkew, scopeChange, keyChange, race, maliciousNode
    case limitReached, pruning, silentNode

    public var description: String { "F\(rawValue)" }

    /// Why a fault is not met here, or not in full.
    public var remark: String? {
        switch self {
        case .powerCut, .bitRot: "on machines whose disks are files, in every third seed"
        case .crash, .readOrWriteError, .diskFull, .locked:
            "below SQLite on machines whose disks are files, between calls of the store on others"
        case .pruning: "no pruning in the product yet"
        case .keyChange: "a key cannot change while changes are queued: revoked and registered anew"
        default: nil
        }
    }

    /// Part of a feature that does not exist yet.
    public var isHook: Bool { self == .pruning }
}

/// What a county's exchange was doing when a fault met it.
public enum ExchangeState: Int, CaseIterable, Sendable, CustomStringConvertible {
    case idle, preparing, sending, onTheWireToTheHub, committing, answering, onTheWireBack
    case absorbing

    public var description: String {
        switch self {
        case .idle: "idle"
        case .preparing: "preparing"
        case .sending: "sending"
        case .onTheWireToTheHub: "on the wire to the hub"
        case .committing: "committing"
        case .answering: "answering"
        case .onTheWireBack: "on the wire back"
        case .absorbing: "absorbing"
        }
    }
}

/// How often each fault met each state of an exchange.
public struct Tally: Equatable, Sendable {
    private var counts = [Int](
        repeating: 0, count: (Fault.allCases.count + 1) * ExchangeState.allCases.count)

    public init() {}

    public subscript(fault: Fault, state: ExchangeState) -> Int {
        counts[fault.rawValue * ExchangeState.allCases.count + state.rawValue]
    }

    public subscript(fault: Fault) -> Int {
        ExchangeState.allCases.reduce(0) { $0 + self[fault, $1] }
    }

    public mutating func note(_ fault: Fault, in state: ExchangeState) {
        counts[fault.rawValue * ExchangeState.allCases.count + state.rawValue] += 1
    }

    public static func += (tally: inout Tally, other: Tally) {
        for index in tally.counts.indices { tally.counts[index] += other.counts[index] }
    }
}
