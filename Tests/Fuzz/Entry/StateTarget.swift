import SyncCore
import WireFormat

/// The state of a record as a store keeps it: a damaged disk is no reason to stop.
enum StateTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        guard let state = try? StateCodec.decode(bytes) else { return }
        let encoded = StateCodec.encode(state)
        guard let again = try? StateCodec.decode(encoded) else {
            throw Violation("a state that was read can be kept")
        }
        try require(StateCodec.encode(again) == encoded, "a state is read as it is kept")
        _ = StateCodec.canonical(state)
    }
}
