import Dispatch
import Foundation
import SyncCore
import WireFormat

/// The segments of a message, decoded while others of it are being stored.
///
/// Inflating, decoding, hashing and checking signatures need no database and are most of the work:
/// other processors do it ahead of the transaction, and the thread that stores does what they have
/// not begun rather than wait. Only a few segments lie decoded at a time, whatever the message
/// holds.
final class SegmentDecoding: @unchecked Sendable {
    struct Decoded {
        let segment: Segment
        /// Its origin's keys that were known beforehand, and those of them by which it is signed.
        /// Whether one counts is for the transaction to say.
        let tried: Set<PublicKey>
        let signedBy: Set<PublicKey>

        func isSigned(by key: PublicKey) -> Bool {
            tried.contains(key)
                ? signedBy.contains(key) : SegmentCodec.isSigned(segment, by: key)
        }
    }

    /// How many segments may be decoded, or on their way, ahead of the one that is being stored.
    static let segmentsAhead = 8
    private static let workers = max(ProcessInfo.processInfo.activeProcessorCount - 1, 1)

    private let encoded: [[UInt8]]
    private let keys: [NodeID: Set<PublicKey>]
    /// Whether the message up to and including this segment keeps within its bound.
    private let fits: [Bool]

    // Everything below is touched under the condition's lock only.
    private let condition = NSCondition()
    private var decoded: [Int: Result<Decoded, Refusal>] = [:]
    private var begun = 0
    private var taken = 0
    private var working = 0

    /// Decodes the first before it returns: mostly there is one, and a transaction that has begun
    /// should not wait for it.
    init(
        _ encoded: [[UInt8]], declared: [SegmentCodec.Declared], keys: [NodeID: Set<PublicKey>]
    ) {
        self.encoded = encoded
        self.keys = keys
        var leftBytes = Limits.decodedMessageBytes
        fits = declared.map { segment in
            defer { leftBytes -= segment.bodyByteCount }
            return leftBytes > 0
        }
        condition.lock()
        if let first = begin() {
            callWorker()
            decode(first)
        }
        condition.unlock()
    }

    /// In the order of the message; nil after the last.
    func next() -> Result<Decoded, Refusal>? {
        condition.lock()
        defer { condition.unlock() }
        guard taken < encoded.count else { return nil }
        while true {
            if let result = decoded.removeValue(forKey: taken) {
                taken += 1
                callWorker()
                return result
            }
            if let index = begin() { decode(index) } else { condition.wait() }
        }
    }

    var isAtEnd: Bool { condition.withLock { taken == encoded.count } }

    private var isMore: Bool {
        begun < min(encoded.count, taken + Self.segmentsAhead)
    }

    private func begin() -> Int? {
        guard isMore else { return nil }
        begun += 1
        return begun - 1
    }

    private func callWorker() {
        guard isMore, working < Self.workers else { return }
        working += 1
        DispatchQueue.global().async { [self] in
            condition.lock()
            while let index = begin() { decode(index) }
            working -= 1
            condition.unlock()
        }
    }

    /// Lets go of the lock meanwhile.
    private func decode(_ index: Int) {
        condition.unlock()
        let result = Result { () throws(Refusal) in
            guard fits[index] else { throw SegmentCodec.refusal(.tooLarge, of: encoded[index]) }
            let segment = try SegmentCodec.decode(encoded[index])
            let tried = keys[segment.log.node] ?? []
            return Decoded(
                segment: segment, tried: tried,
                signedBy: tried.filter { SegmentCodec.isSigned(segment, by: $0) })
        }
        condition.lock()
        decoded[index] = result
        condition.signal()
    }
}
