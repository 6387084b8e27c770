import SyncCore
import WireFormat

/// The messages of an exchange and of a wake, and the clocks within them.
enum ExchangeTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        try again("request", bytes) { bytes throws(WireError) in
            let request = try MessageCodec.decodeRequest(bytes)
            return (MessageCodec.encode(request), request.scopes)
        }
        try again("answer", bytes) { bytes throws(WireError) in
            let answer = try MessageCodec.decodeAnswer(bytes)
            return (MessageCodec.encode(answer), answer.scopes)
        }
        try again("wake request", bytes) { bytes throws(WireError) in
            let request = try MessageCodec.decodeWakeRequest(bytes)
            return (MessageCodec.encode(request), request.scopes)
        }
        try again("wake answer", bytes) { bytes throws(WireError) in
            let answer = try MessageCodec.decodeWakeAnswer(bytes)
            return (MessageCodec.encode(answer), answer.scopes)
        }
        try again("clock", bytes) { bytes throws(WireError) in
            let clock = try VectorClock(encoded: bytes)
            return (clock.encoded, [ScopeReport(scope: .province, digest: .zero, clock: clock)])
        }
    }

    private static func again(
        _ name: String, _ bytes: [UInt8],
        _ decode: ([UInt8]) throws(WireError) -> ([UInt8], [ScopeReport])
    ) throws(Violation) {
        switch Result(catching: { () throws(WireError) in try decode(bytes) }) {
        case .success((let again, let scopes)):
            try require(again == bytes, "a \(name) has one encoding")
            try clocks(scopes.compactMap(\.clock))
        case .failure(let error):
            try require(
                (0...bytes.count).contains(error.offset), "the fault of a \(name) lies in it")
        }
    }

    /// Comparing knows no order of its two sides.
    private static func clocks(_ clocks: [VectorClock]) throws(Violation) {
        for (a, b) in zip(clocks, clocks.dropFirst() + clocks.prefix(1)) {
            let mirrored: VectorClock.Order =
                switch b.compare(to: a) {
                case .before: .after
                case .after: .before
                case .equal: .equal
                case .concurrent: .concurrent
                }
            try require(a.compare(to: b) == mirrored, "two clocks compare alike from both sides")
            try require(a.compare(to: a) == .equal, "a clock equals itself")
        }
    }
}
