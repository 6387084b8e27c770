import Crypto

/// Secret of one aligned block of changes. It keeps an erased payload of few possible values
/// from being guessed from its hash.
public struct SaltSecret: Hashable, Sendable {
    public static let byteCount = 16
    public let bytes: [UInt8]

    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Which block of its log a sequence lies in, from 0.
    public static func block(of sequence: UInt64) -> UInt64 {
        (sequence - 1) / UInt64(Limits.saltBlockChanges)
    }

    /// SHA-256 of secret and sequence, first 16 bytes.
    public func salt(for sequence: UInt64) -> [UInt8] {
        var input = bytes
        input.append(bigEndian: sequence)
        return Array(Digest.sha256(input).bytes.prefix(Self.byteCount))
    }
}

/// Hashing of changes: one rule, used by whoever writes or receives one.
public enum ChangeHash {
    /// Hash of salt and payload bytes.
    public static func payload(_ bytes: [UInt8], salt: [UInt8]) -> Digest {
        var hasher = SHA256()
        hasher.update(data: salt)
        hasher.update(data: bytes)
        return Digest(hasher.finalize())
    }

    /// Hash of a change: its place (suite, log, sequence, previous hash) as encoded by the wire
    /// format, its header bytes, its payload hash.
    public static func change(place: [UInt8], headerBytes: [UInt8], payload: Digest) -> Digest {
        var hasher = SHA256()
        hasher.update(data: place)
        hasher.update(data: headerBytes)
        withUnsafeBytes(
            of: (
                payload.words.0.bigEndian, payload.words.1.bigEndian,
                payload.words.2.bigEndian, payload.words.3.bigEndian
            )
        ) { hasher.update(bufferPointer: $0) }
        return Digest(hasher.finalize())
    }
}
