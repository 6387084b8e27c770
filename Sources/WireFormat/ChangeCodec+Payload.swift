import SyncCore

extension ChangeCodec {
    private enum PayloadKey {
        static let schemaVersion: UInt64 = 0
        static let values: UInt64 = 1
        static let reason: UInt64 = 2
        // 3 is reserved for attachment references.
    }

    public static func encode(_ payload: Payload) -> [UInt8] {
        var writer = CBORWriter(
            reservingBytes: 64 + payload.values.reduce(0) { $0 + $1.bytes.count })
        writer.map(count: 1 + (payload.values.isEmpty ? 0 : 1) + (payload.reason == nil ? 0 : 1))
        writer.unsigned(PayloadKey.schemaVersion)
        writer.unsigned(UInt64(payload.schemaVersion))
        if !payload.values.isEmpty {
            writer.unsigned(PayloadKey.values)
            writer.map(count: payload.values.count)
            for value in payload.values {
                writer.unsigned(UInt64(value.group))
                writer.raw(value.bytes)
            }
        }
        if let reason = payload.reason {
            writer.unsigned(PayloadKey.reason)
            writer.text(reason)
        }
        return writer.bytes
    }

    public static func decodePayload(_ bytes: [UInt8]) throws(WireError) -> Payload {
        try decodePayload(CBORReader(bytes))
    }

    private static func decodePayload(_ reader: CBORReader) throws(WireError) -> Payload {
        var values: [GroupValue] = []
        let (schemaVersion, reason) = try read(reader) { group, range in
            values.append(GroupValue(group: group, bytes: Array(reader.bytes[range])))
        }
        return Payload(schemaVersion: schemaVersion, values: values, reason: reason)
    }

    /// Whether a payload is what its header says; nothing of it is kept.
    static func checkPayload(
        _ reader: CBORReader, against header: ChangeHeader
    ) throws(WireError) {
        if header.kind == .verdict {
            guard header.agrees(with: try decodePayload(reader)) else {
                throw reader.fail(.inconsistent)
            }
            return
        }
        let groups = header.groups
        var seen = 0
        var isSame = true
        _ = try read(reader) { group, _ in
            isSame = isSame && seen < groups.count && groups[seen].group == group
            seen += 1
        }
        guard isSame, seen == groups.count else { throw reader.fail(.inconsistent) }
    }

    /// Hands over where the value of each group lies.
    private static func read(
        _ reader: CBORReader, _ each: (GroupID, Range<Int>) -> Void
    ) throws(WireError) -> (schemaVersion: UInt32, reason: String?) {
        var reader = reader
        let start = reader.offset
        var schemaVersion: UInt32?
        var reason: String?
        var last: UInt64?
        for _ in 0..<(try reader.map(max: 4)) {
            let offset = reader.offset
            switch try reader.key(after: &last) {
            case PayloadKey.schemaVersion:
                schemaVersion = UInt32(try reader.unsigned(max: UInt64(UInt32.max)))
            case PayloadKey.values:
                var lastGroup: UInt64?
                for _ in 0..<(try groupCount(&reader)) {
                    let group = try group(&reader, after: &lastGroup)
                    guard !reader.isAtEnd, reader.bytes[reader.offset] >> 5 == 5 else {
                        throw reader.fail(.malformed)
                    }
                    each(group, try reader.item(depth: Limits.valueDepth))
                }
            case PayloadKey.reason:
                reason = try reader.text(max: Limits.reasonBytes)
            default:
                // Attachment references, and whatever a newer version added.
                throw WireError(.unsupported, at: offset)
            }
        }
        try reader.expectEnd()
        guard let schemaVersion else { throw WireError(.malformed, at: start) }
        return (schemaVersion, reason)
    }
}
