import SyncCore

/// Headers and payloads of changes. Bytes are made once, by the author; everybody else hashes
/// and keeps them as received.
public enum ChangeCodec {
    /// `[suite, log, sequence, previous hash]`: what a header is hashed with, and what a receiver
    /// knows without being sent.
    public static func place(log: LogID, sequence: UInt64, previousHash: Digest) -> [UInt8] {
        var writer = CBORWriter(reservingBytes: 96)
        writer.array(count: 4)
        writer.unsigned(UInt64(Suite.sha256Ed25519.rawValue))
        NameCodec.write(log, to: &writer)
        writer.unsigned(sequence)
        writer.digest(previousHash)
        return writer.bytes
    }

    /// A change in a segment's body and in a store's rows: the header, then the payload as a
    /// byte string.
    public static func entry(headerBytes: [UInt8], payloadBytes: [UInt8]) -> [UInt8] {
        var writer = CBORWriter(reservingBytes: headerBytes.count + payloadBytes.count + 5)
        writer.raw(headerBytes)
        writer.byteString(payloadBytes)
        return writer.bytes
    }

    /// Reads one entry and checks header and payload against each other.
    static func readEntry(
        _ reader: inout CBORReader
    ) throws(WireError) -> (header: ChangeHeader, headerBytes: [UInt8], payloadBytes: [UInt8]) {
        let start = reader.offset
        let header = try readHeader(&reader)
        let headerBytes = Array(reader.bytes[start..<reader.offset])
        let payloadStart = reader.offset
        let payloadBytes = try reader.byteString(max: Limits.changeBytes)
        guard reader.offset - start <= Limits.changeBytes else {
            throw WireError(.tooLarge, at: start)
        }
        let payload: Payload
        do { payload = try decodePayload(payloadBytes) } catch {
            throw WireError(error.rule, at: payloadStart)
        }
        guard header.agrees(with: payload) else { throw WireError(.inconsistent, at: payloadStart) }
        return (header, headerBytes, payloadBytes)
    }

    /// The two parts of a stored entry, as they were hashed.
    public static func split(
        entry: [UInt8]
    ) throws(WireError) -> (headerBytes: [UInt8], payloadBytes: [UInt8]) {
        var reader = CBORReader(entry)
        _ = try readHeader(&reader)
        let headerBytes = Array(entry[..<reader.offset])
        let payload = try reader.byteString(max: Limits.changeBytes)
        try reader.expectEnd()
        return (headerBytes, payload)
    }

    /// A stored entry: its bytes were checked when they were written.
    public static func decode(
        entry: [UInt8]
    ) throws(WireError) -> (header: ChangeHeader, payload: Payload) {
        var reader = CBORReader(entry)
        let header = try readHeader(&reader)
        let payload = try decodePayload(try reader.byteString(max: Limits.changeBytes))
        try reader.expectEnd()
        return (header, payload)
    }

    /// A map from group to something, never empty, ascending.
    static func readGroups(
        _ reader: inout CBORReader,
        _ read: (GroupID, inout CBORReader) throws(WireError) -> Void
    ) throws(WireError) {
        let start = reader.offset
        let count = try reader.map(max: Limits.fieldGroupsPerChange)
        guard count > 0 else { throw WireError(.notCanonical, at: start) }
        var last: UInt64?
        for _ in 0..<count {
            let offset = reader.offset
            guard let group = GroupID(exactly: try reader.key(after: &last)) else {
                throw WireError(.tooLarge, at: offset)
            }
            try read(group, &reader)
        }
    }
}
