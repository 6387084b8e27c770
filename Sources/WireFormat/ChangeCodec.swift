import SyncCore

/// Headers and payloads of changes. Bytes are made once, by the author; everybody else hashes
/// and keeps them as received.
public enum ChangeCodec {
    /// `[suite, log, sequence, previous hash]`: what a header is hashed with, and what a receiver
    /// knows without being sent.
    public static func place(log: LogID, sequence: UInt64, previousHash: Digest) -> [UInt8] {
        var writer = PlaceWriter(log)
        return writer.place(sequence: sequence, previousHash: previousHash)
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
    ) throws(WireError) -> (header: ChangeHeader, headerBytes: Range<Int>, payloadBytes: Range<Int>)
    {
        let start = reader.offset
        let header = try readHeader(&reader)
        let headerEnd = reader.offset
        let payload = try reader.byteRange(max: Limits.changeBytes)
        guard reader.offset - start <= Limits.changeBytes else {
            throw WireError(.tooLarge, at: start)
        }
        do { try checkPayload(CBORReader(reader.bytes, range: payload), against: header) } catch {
            throw WireError(error.rule, at: headerEnd)
        }
        return (header, start..<headerEnd, payload)
    }

    /// A stored entry in its place.
    public static func change(
        log: LogID, sequence: UInt64, entry: [UInt8], hash: Digest
    ) throws(WireError) -> Change {
        var reader = CBORReader(entry)
        let header = try readHeader(&reader)
        let headerEnd = reader.offset
        let payload = try reader.byteRange(max: Limits.changeBytes)
        try reader.expectEnd()
        return Change(
            log: log, sequence: sequence, record: header.record, entry: entry[...],
            headerByteCount: headerEnd, payloadByteCount: payload.count, hash: hash)
    }

    public static func header(of change: Change) throws(WireError) -> ChangeHeader {
        try decodeHeader(Array(change.headerBytes))
    }

    public static func payload(of change: Change) throws(WireError) -> Payload {
        try decodePayload(Array(change.payloadBytes))
    }

    /// The two parts of a stored entry, as they were hashed.
    public static func split(
        entry: [UInt8]
    ) throws(WireError) -> (headerBytes: ArraySlice<UInt8>, payloadBytes: ArraySlice<UInt8>) {
        var reader = CBORReader(entry)
        _ = try readHeader(&reader)
        let headerEnd = reader.offset
        let payload = try reader.byteRange(max: Limits.changeBytes)
        try reader.expectEnd()
        return (entry[..<headerEnd], entry[payload])
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

    /// How many groups follow, each before something, ascending; never none.
    static func groupCount(_ reader: inout CBORReader) throws(WireError) -> Int {
        let start = reader.offset
        let count = try reader.map(max: Limits.fieldGroupsPerChange)
        guard count > 0 else { throw WireError(.notCanonical, at: start) }
        return count
    }

    static func group(
        _ reader: inout CBORReader, after last: inout UInt64?
    ) throws(WireError) -> GroupID {
        let offset = reader.offset
        guard let group = GroupID(exactly: try reader.key(after: &last)) else {
            throw WireError(.tooLarge, at: offset)
        }
        return group
    }
}

extension Change {
    /// A change that its author makes.
    public init(
        log: LogID, sequence: UInt64, header: ChangeHeader, headerBytes: [UInt8],
        payloadBytes: [UInt8], hash: Digest
    ) {
        self.init(
            log: log, sequence: sequence, record: header.record,
            entry: ChangeCodec.entry(headerBytes: headerBytes, payloadBytes: payloadBytes)[...],
            headerByteCount: headerBytes.count, payloadByteCount: payloadBytes.count, hash: hash)
    }
}

/// Writes the places of one log's changes, each over the one before.
struct PlaceWriter {
    private var writer = CBORWriter(reservingBytes: 128)
    private let headByteCount: Int

    init(_ log: LogID) {
        writer.array(count: 4)
        writer.unsigned(UInt64(Suite.sha256Ed25519.rawValue))
        NameCodec.write(log, to: &writer)
        headByteCount = writer.bytes.count
    }

    mutating func place(sequence: UInt64, previousHash: Digest) -> [UInt8] {
        writer.truncate(to: headByteCount)
        writer.unsigned(sequence)
        writer.digest(previousHash)
        return writer.bytes
    }
}
