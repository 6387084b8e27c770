import SyncCore
import WireFormat

/// Headers, payloads, and both together as an entry.
enum ChangeTarget {
    static func run(_ bytes: [UInt8]) throws(Violation) {
        if let header = try? ChangeCodec.decodeHeader(bytes) {
            try require(ChangeCodec.encode(header) == bytes, "a header has one encoding")
            try require(header.isConsistent, "a header that is read is consistent")
            try require(
                header.referenceCount <= Limits.referencesPerChange, "references are bounded")
            _ = DebugText.text(of: header)
        }
        if let payload = try? ChangeCodec.decodePayload(bytes) {
            try require(ChangeCodec.encode(payload) == bytes, "a payload has one encoding")
            for value in payload.values {
                try require(
                    (try? ValueCodec.decode(group: value.bytes)) != nil,
                    "a group's value that was taken can be read")
            }
            _ = VerdictValue.holds(payload)
            _ = DebugText.text(of: payload)
        }
        try entry(bytes)
    }

    private static func entry(_ bytes: [UInt8]) throws(Violation) {
        guard let (header, payload) = try? ChangeCodec.decode(entry: bytes) else { return }
        guard let parts = try? ChangeCodec.split(entry: bytes) else {
            throw Violation("an entry that can be read can be split")
        }
        try require(ChangeCodec.encode(header)[...] == parts.headerBytes, "the header's part is it")
        try require(ChangeCodec.encode(payload)[...] == parts.payloadBytes, "so is the payload's")
        let again = ChangeCodec.entry(
            headerBytes: Array(parts.headerBytes), payloadBytes: Array(parts.payloadBytes))
        try require(again == bytes, "an entry is its two parts")
        _ = header.agrees(with: payload)
    }
}
