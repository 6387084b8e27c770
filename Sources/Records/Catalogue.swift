/// Every type of record that this version knows. A record of another type is kept and relayed, and
/// shown as 需升级后查看.
public enum Catalogue {
    public static let all: [RecordType] = [
        Supplier.type, CreditRecord.type, ServiceLog.type, RegisteredNode.type,
    ]

    public static func type(named name: String) -> RecordType? { all.first { $0.name == name } }
}
