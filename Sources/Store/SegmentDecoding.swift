import Dispatch
import SyncCore
import WireFormat

extension Store {
    /// Inflating, decoding and hashing need no database: they happen before the transaction, on all
    /// processors, since they are most of the work.
    static func decode(_ encoded: [[UInt8]]) -> [Result<Segment, Refusal>] {
        var leftBytes = Limits.decodedMessageBytes
        let fits = encoded.map { bytes in
            defer { leftBytes -= SegmentCodec.declaredBodyByteCount(bytes) }
            return leftBytes > 0
        }
        @Sendable func decode(_ index: Int) -> Result<Segment, Refusal> {
            Result { () throws(Refusal) in
                guard fits[index] else {
                    throw SegmentCodec.refusal(.tooLarge, of: encoded[index])
                }
                return try SegmentCodec.decode(encoded[index])
            }
        }
        if encoded.count < 2 { return encoded.indices.map(decode) }
        return [Result<Segment, Refusal>](unsafeUninitializedCapacity: encoded.count) {
            buffer, count in
            // Each place is written once, and read after all are.
            nonisolated(unsafe) let places = buffer
            DispatchQueue.concurrentPerform(iterations: encoded.count) { index in
                places.initializeElement(at: index, to: decode(index))
            }
            count = encoded.count
        }
    }
}
