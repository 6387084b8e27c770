import SyncCore
import WireFormat

/// Segments as they come, deflated body included.
enum SegmentTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        switch Result(catching: { () throws(Refusal) in try SegmentCodec.decode(bytes) }) {
        case .success(let segment): try check(segment, bytes)
        case .failure(let refusal):
            try require(
                (0...bytes.count + Limits.segmentBytes).contains(refusal.position),
                "a fault lies in the bytes, the body counted as inflated")
            let name = SegmentCodec.refusal(refusal.rule, of: bytes)
            try require(
                name.log == refusal.log && name.firstSequence == refusal.firstSequence,
                "a segment is named alike, read or not")
        }
    }

    /// What holds of every segment that is taken.
    static func check(_ segment: Segment, _ bytes: [UInt8]) throws(Violation) {
        try require(segment.encoded == bytes, "a segment is kept as it came")
        try require(
            segment.changes.count <= Limits.segmentChanges && !segment.changes.isEmpty,
            "a segment holds a bounded number of changes")
        var size = 0
        for (offset, change) in segment.changes.enumerated() {
            try require(
                change.sequence == segment.firstSequence + UInt64(offset), "sequences are dense")
            try require(
                (try? ChangeCodec.header(of: change)).map(ChangeCodec.encode)
                    == Array(change.headerBytes),
                "a header has one encoding")
            try require(
                change.entry.count <= Limits.changeBytes,
                "a change is bounded")
            size += change.entry.count
        }
        try require(size <= Limits.segmentBytes, "a body is bounded")
        try require(
            segment.lastHash == segment.changes.last?.hash
                && segment.lastSequence == segment.changes.last?.sequence,
            "a segment ends with its last change")
    }
}
