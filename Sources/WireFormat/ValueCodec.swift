import SyncCore

/// Field values, and the value of a group: a map from field number to value. Equality of groups
/// is equality of these bytes, so there is one encoding for each value.
public enum ValueCodec {
    public static func encode(group entries: [Value.Entry]) -> [UInt8] {
        var writer = CBORWriter(reservingBytes: 64)
        write(entries, to: &writer)
        return writer.bytes
    }

    public static func decode(group bytes: [UInt8]) throws(WireError) -> [Value.Entry] {
        var reader = CBORReader(bytes)
        let value = try read(&reader, depth: Limits.valueDepth)
        try reader.expectEnd()
        guard case .map(let entries) = value else { throw WireError(.malformed, at: 0) }
        return entries
    }

    private static func write(_ entries: [Value.Entry], to writer: inout CBORWriter) {
        // Deterministic CBOR orders keys by their encoding: numbers from 0 up, then negative ones.
        let ordered = entries.sorted { a, b in
            (a.key < 0) != (b.key < 0) ? a.key >= 0 : a.key < 0 ? a.key > b.key : a.key < b.key
        }
        writer.map(count: ordered.count)
        for entry in ordered {
            writer.integer(entry.key)
            write(entry.value, to: &writer)
        }
    }

    private static func write(_ value: Value, to writer: inout CBORWriter) {
        switch value {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .integer(let value): writer.integer(value)
        case .text(let value): writer.text(value)
        case .bytes(let value): writer.byteString(value)
        case .list(let values):
            writer.array(count: values.count)
            for value in values { write(value, to: &writer) }
        case .map(let entries): write(entries, to: &writer)
        }
    }

    private static func read(_ reader: inout CBORReader, depth: Int) throws(WireError) -> Value {
        guard !reader.isAtEnd else { throw reader.fail(.malformed) }
        switch reader.bytes[reader.offset] >> 5 {
        case 0, 1: return .integer(try reader.integer())
        case 2: return .bytes(try reader.byteString(max: Limits.changeBytes))
        case 3: return .text(try reader.text(max: Limits.changeBytes))
        case 4:
            guard depth > 0 else { throw reader.fail(.tooLarge) }
            let count = try reader.array(max: Limits.changeBytes)
            var values: [Value] = []
            for _ in 0..<count { values.append(try read(&reader, depth: depth - 1)) }
            return .list(values)
        case 5:
            guard depth > 0 else { throw reader.fail(.tooLarge) }
            let count = try reader.map(max: Limits.changeBytes)
            var entries: [Value.Entry] = []
            var last: Range<Int>?
            for _ in 0..<count {
                let start = reader.offset
                let key = try reader.integer()
                let range = start..<reader.offset
                if let last, !reader.precedes(last, range) {
                    throw WireError(.notCanonical, at: start)
                }
                last = range
                entries.append(Value.Entry(key, try read(&reader, depth: depth - 1)))
            }
            return .map(entries.sorted { $0.key < $1.key })
        default:
            if reader.null() { return .null }
            return .bool(try reader.bool())
        }
    }
}
