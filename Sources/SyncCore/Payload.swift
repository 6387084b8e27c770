/// The whole value of one group as its canonical bytes: equality is equality of these.
public struct GroupValue: Hashable, Sendable {
    public let group: GroupID
    public let bytes: [UInt8]

    public init(group: GroupID, bytes: [UInt8]) {
        self.group = group
        self.bytes = bytes
    }
}

/// What erasure may remove.
public struct Payload: Hashable, Sendable {
    public var schemaVersion: UInt32
    /// The same groups as the header, ascending.
    public var values: [GroupValue]
    public var reason: String?

    public init(schemaVersion: UInt32, values: [GroupValue], reason: String? = nil) {
        self.schemaVersion = schemaVersion
        self.values = values.sorted { $0.group < $1.group }
        self.reason = reason
    }
}
