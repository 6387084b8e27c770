import CNettle

/// SHA-256 with its state on the stack. A change takes three hashes, which are a large part of what
/// decoding costs: contexts on the heap nearly doubled it.
struct SHA256 {
    private var context = sha256_ctx()

    init() { nettle_sha256_init(&context) }

    mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { raw in
            nettle_sha256_update(
                &context, raw.count, raw.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
    }

    mutating func update(_ word: UInt64) {
        withUnsafeBytes(of: word.bigEndian) { update($0.bytes) }
    }

    consuming func finalize() -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { raw in
            creditsync_sha256_digest(
                &context, raw.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        return Digest(
            words: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian))
    }
}
