import HTTPTypes

/// Addresses and header fields of the sync protocol.
public enum SyncPath {
    public static let exchange = "/sync/v1/exchange"
    public static let wake = "/sync/v1/wake"
    static let contentType = "application/cbor-seq"
}

extension HTTPField.Name {
    /// A COSE_Sign1 in base 64 over what is asked or answered.
    static var proof: HTTPField.Name {
        guard let name = HTTPField.Name("CreditSync-Proof") else {
            preconditionFailure("a constant header name is valid")
        }
        return name
    }
}
