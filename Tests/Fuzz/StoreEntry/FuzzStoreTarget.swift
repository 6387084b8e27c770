import FuzzEntry

/// As ``FuzzTarget``, what needs a store.
public enum FuzzStoreTarget: String, CaseIterable, Sendable {
    case addresses = "Addresses"
    case sequence = "Sequence"

    public func run(_ bytes: [UInt8]) throws(Violation) {
        switch self {
        case .addresses: try AddressesTarget.run(bytes)
        case .sequence: try SequenceTarget.run(bytes)
        }
    }
}
