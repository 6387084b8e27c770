import Crypto

/// A node's Ed25519 key pair. It stays on its machine.
public struct NodeKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    public init() { key = Curve25519.Signing.PrivateKey() }

    /// From the 32 secret bytes.
    public init?(secret: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: secret) else {
            return nil
        }
        self.key = key
    }

    public var secret: [UInt8] { Array(key.rawRepresentation) }
    public var publicKey: PublicKey { PublicKey(key.publicKey) }

    /// 64 bytes.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        guard let signature = try? key.signature(for: message) else {
            preconditionFailure("an Ed25519 key signs any message")
        }
        return Array(signature)
    }
}

/// The key by which others check a node's signatures.
public struct PublicKey: Hashable, Sendable {
    public static let byteCount = 32
    public static let signatureByteCount = 64
    public let bytes: [UInt8]

    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount,
            (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil
        else { return nil }
        self.bytes = bytes
    }

    init(_ key: Curve25519.Signing.PublicKey) { bytes = Array(key.rawRepresentation) }

    public func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
            preconditionFailure("a key is checked when it is made")
        }
        return key.isValidSignature(signature, for: message)
    }
}
