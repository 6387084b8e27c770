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
        var reader = CBORReader(bytes)
        let start = reader.offset
        var schemaVersion: UInt32?
        var values: [GroupValue] = []
        var reason: String?
        var last: UInt64?
        for _ in 0..<(try reader.map(max: 4)) {
            let offset = reader.offset
            switch try reader.key(after: &last) {
            case PayloadKey.schemaVersion:
                schemaVersion = UInt32(try reader.unsigned(max: UInt64(UInt32.max)))
            case PayloadKey.values:
                try readGroups(&reader) { (group, reader) throws(WireError) in
                    guard !reader.isAtEnd, reader.bytes[reader.offset] >> 5 == 5 else {
                        throw reader.fail(.malformed)
                    }
                    let range = try reader.item(depth: Limits.valueDepth)
                    values.append(GroupValue(group: group, bytes: Array(bytes[range])))
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
        return Payload(schemaVersion: schemaVersion, values: values, reason: reason)
    }
}
