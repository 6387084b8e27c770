import SyncCore
import WireFormat

/// A segment's body: the bytes are put into a well-formed segment, since no fuzzer finds its way
/// through a compressed length.
enum EntriesTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        guard (1...0xFFFF).contains(bytes.count) else { return }
        let encoded = segment(around: bytes)
        guard let segment = try? SegmentCodec.decode(encoded) else { return }
        try SegmentTarget.check(segment, encoded)
        let body = segment.changes.flatMap(\.entry)
        try require(body == bytes, "a body is its entries")
        for change in segment.changes {
            guard let header = try? ChangeCodec.header(of: change),
                let payload = try? ChangeCodec.payload(of: change)
            else { throw Violation("what was taken can be read") }
            try require(
                Set(header.parents + header.groups.flatMap(\.replaces))
                    .allSatisfy { $0.log.scope == segment.log.scope },
                "references stay in the scope")
            try require(header.agrees(with: payload), "header and payload agree")
        }
    }

    private static func segment(around body: [UInt8]) -> [UInt8] {
        var writer = CBORWriter(reservingBytes: body.count + 256)
        writer.array(count: 9)
        writer.unsigned(UInt64(Suite.sha256Ed25519.rawValue))
        NameCodec.write(StoryProgram.log(node: 1, lane: .records), to: &writer)
        writer.unsigned(1)
        writer.digest(.zero)
        writer.array(count: 1)
        writer.byteString([UInt8](repeating: 7, count: SaltSecret.byteCount))
        writer.byteString([UInt8](repeating: 9, count: PublicKey.signatureByteCount))
        writer.unsigned(UInt64(entryCount(body)))
        writer.unsigned(UInt64(body.count))
        writer.byteString(stored(body))
        return writer.bytes
    }

    /// Two items make an entry; what cannot be told apart counts as one.
    private static func entryCount(_ body: [UInt8]) -> Int {
        var reader = CBORReader(body)
        var items = 0
        while !reader.isAtEnd, (try? reader.item(depth: Limits.valueDepth)) != nil { items += 1 }
        return min(max(1, items / 2), Limits.segmentChanges)
    }

    /// One stored block of deflate: nothing is lost, nothing is searched.
    private static func stored(_ body: [UInt8]) -> [UInt8] {
        let low = UInt8(truncatingIfNeeded: body.count)
        let high = UInt8(truncatingIfNeeded: body.count >> 8)
        return [1, low, high, ~low, ~high] + body
    }
}
