/// One installation with its own store, such as `632521-01` or `630000-hub`: lower-case letters,
/// digits and hyphens, at most 15 bytes.
public struct NodeID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let name: String

    public init?(_ name: String) {
        guard (1...Limits.nodeNameBytes).contains(name.utf8.count),
            name.utf8.allSatisfy({ byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-")
            })
        else { return nil }
        self.name = name
    }

    public var description: String { name }

    public static func < (a: NodeID, b: NodeID) -> Bool {
        a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
    }
}

/// The unit of partial replication. A record never changes scope.
public enum Scope: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Suppliers, submitted credit records, registered nodes.
    case province
    /// What stays between one county and the hub, by six-digit division code.
    case county(UInt32)

    /// `province` or `county/632521`.
    public init?(_ text: String) {
        if text == "province" {
            self = .province
            return
        }
        let prefix = "county/"
        guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + 6,
            text.utf8.dropFirst(prefix.utf8.count).allSatisfy({ (48...57).contains($0) }),
            let code = UInt32(text.dropFirst(prefix.count))
        else { return nil }
        self = .county(code)
    }

    public var description: String {
        switch self {
        case .province: "province"
        case .county(let code):
            "county/" + String(repeating: "0", count: 6 - String(code).count) + String(code)
        }
    }
}

/// Separate logs, so that urgent changes overtake without reordering any. Lower goes first.
public enum Lane: UInt8, Hashable, Sendable, Comparable, CaseIterable {
    case control = 0
    case records = 1
    case events = 2

    public static func < (a: Lane, b: Lane) -> Bool { a.rawValue < b.rawValue }

    public var name: String {
        switch self {
        case .control: "control"
        case .records: "records"
        case .events: "events"
        }
    }
}

/// The name of a log. Its sequence is dense from 1, and only its node writes it.
public struct LogID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let node: NodeID
    /// Random, minted at `init`, at `restore`, and on learning of an own change that is not stored.
    public let incarnation: UInt64
    public let scope: Scope
    public let lane: Lane

    public init(node: NodeID, incarnation: UInt64, scope: Scope, lane: Lane) {
        self.node = node
        self.incarnation = incarnation
        self.scope = scope
        self.lane = lane
    }

    /// `632521-01/00c5a1…/county/632521/events`.
    public var description: String { String(decoding: nameBytes, as: UTF8.self) }

    /// The description, as it is hashed for short ids: pages hold thousands of them.
    var nameBytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        bytes += node.name.utf8
        bytes.append(UInt8(ascii: "/"))
        for shift in stride(from: 60, through: 0, by: -4) {
            bytes.append(hexDigits[Int(incarnation >> UInt64(shift) & 15)])
        }
        bytes.append(UInt8(ascii: "/"))
        bytes += scope.description.utf8
        bytes.append(UInt8(ascii: "/"))
        bytes += lane.name.utf8
        return bytes
    }

    /// Lanes first: the order of sending is the order of the logs.
    public static func < (a: LogID, b: LogID) -> Bool {
        if a.lane != b.lane { return a.lane < b.lane }
        if a.scope != b.scope { return a.scope < b.scope }
        if a.node != b.node { return a.node < b.node }
        return a.incarnation < b.incarnation
    }
}
