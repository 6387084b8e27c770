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
    public func salt(for sequence: UInt64) -> Salt {
        var hasher = SHA256()
        hasher.update(bytes.span.bytes)
        hasher.update(sequence)
        let words = hasher.finalize().words
        return Salt(words: (words.0, words.1))
    }
}

/// What a payload is hashed with.
public struct Salt: Sendable {
    let words: (UInt64, UInt64)

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: words.0)
        bytes.append(bigEndian: words.1)
        return bytes
    }
}

/// Hashing of changes: one rule, used by whoever writes or receives one.
public enum ChangeHash {
    /// Hash of salt and payload bytes.
    public static func payload(_ bytes: RawSpan, salt: Salt) -> Digest {
        var hasher = SHA256()
        hasher.update(salt.words.0)
        hasher.update(salt.words.1)
        hasher.update(bytes)
        return hasher.finalize()
    }

    /// Hash of a change: its place (suite, log, sequence, previous hash) as encoded by the wire
    /// format, its header bytes, its payload hash.
    public static func change(place: [UInt8], headerBytes: RawSpan, payload: Digest) -> Digest {
        var hasher = SHA256()
        hasher.update(place.span.bytes)
        hasher.update(headerBytes)
        hasher.update(payload.words.0)
        hasher.update(payload.words.1)
        hasher.update(payload.words.2)
        hasher.update(payload.words.3)
        return hasher.finalize()
    }
}
