import SyncCore

/// Logs, references and clocks: the names that every message uses.
public enum NameCodec {
    /// `[node, incarnation, scope, lane]`
    public static func write(_ log: LogID, to writer: inout CBORWriter) {
        writer.array(count: 4)
        writer.text(log.node.name)
        writer.unsigned(log.incarnation)
        writer.text(log.scope.description)
        writer.unsigned(UInt64(log.lane.rawValue))
    }

    public static func log(_ reader: inout CBORReader) throws(WireError) -> LogID {
        let start = reader.offset
        guard try reader.array(max: 4) == 4 else { throw WireError(.malformed, at: start) }
        guard let node = NodeID(try reader.text(max: Limits.nodeNameBytes)) else {
            throw WireError(.malformed, at: start)
        }
        let incarnation = try reader.unsigned()
        let scope = try scope(&reader)
        let lane = try reader.unsigned()
        guard lane <= UInt64(UInt8.max), let lane = Lane(rawValue: UInt8(lane)) else {
            throw WireError(.unsupported, at: start)
        }
        return LogID(node: node, incarnation: incarnation, scope: scope, lane: lane)
    }

    public static func scope(_ reader: inout CBORReader) throws(WireError) -> Scope {
        let start = reader.offset
        guard let scope = Scope(try reader.text(max: 32)) else {
            throw WireError(.unsupported, at: start)
        }
        return scope
    }

    public static func sequence(_ reader: inout CBORReader) throws(WireError) -> UInt64 {
        let start = reader.offset
        let sequence = try reader.unsigned(max: Limits.sequenceMax)
        guard sequence > 0 else { throw WireError(.malformed, at: start) }
        return sequence
    }

    /// `[log, sequence, first eight bytes of the hash]`
    public static func write(_ reference: Reference, to writer: inout CBORWriter) {
        writer.array(count: 3)
        write(reference.log, to: &writer)
        writer.unsigned(reference.sequence)
        writePrefix(reference.prefix, to: &writer)
    }

    private static func writePrefix(_ prefix: UInt64, to writer: inout CBORWriter) {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: prefix)
        writer.byteString(bytes)
    }

    public static func reference(_ reader: inout CBORReader) throws(WireError) -> Reference {
        let start = reader.offset
        guard try reader.array(max: 3) == 3 else { throw WireError(.malformed, at: start) }
        let log = try log(&reader)
        let sequence = try sequence(&reader)
        let range = try reader.byteRange(max: 8)
        guard range.count == 8 else { throw WireError(.malformed, at: start) }
        let prefix = reader.bytes[range].reduce(0) { $0 << 8 | UInt64($1) }
        return Reference(log: log, sequence: sequence, prefix: prefix)
    }

    public static func write(_ references: [Reference], to writer: inout CBORWriter) {
        writer.array(count: references.count)
        for reference in references { write(reference, to: &writer) }
    }

    public static func references(
        _ reader: inout CBORReader, max: Int = Limits.referencesPerMessage
    ) throws(WireError) -> [Reference] {
        let count = try reader.array(max: max)
        var references: [Reference] = []
        for _ in 0..<count { references.append(try reference(&reader)) }
        return references
    }

    /// `[[log, [[sequence, hash], …]], …]`, ascending.
    public static func write(_ clock: VectorClock, to writer: inout CBORWriter) {
        writer.array(count: clock.entries.count)
        for entry in clock.entries {
            writer.array(count: 2)
            write(entry.log, to: &writer)
            writer.array(count: entry.tips.count)
            for tip in entry.tips {
                writer.array(count: 2)
                writer.unsigned(tip.sequence)
                writer.digest(tip.hash)
            }
        }
    }

    public static func clock(_ reader: inout CBORReader) throws(WireError) -> VectorClock {
        let count = try reader.array(max: Limits.clockEntries)
        var entries: [VectorClock.Entry] = []
        for _ in 0..<count {
            let start = reader.offset
            guard try reader.array(max: 2) == 2 else { throw WireError(.malformed, at: start) }
            let log = try log(&reader)
            if let last = entries.last, last.log >= log {
                throw WireError(.notCanonical, at: start)
            }
            entries.append(VectorClock.Entry(log: log, tips: try tips(&reader)))
        }
        return VectorClock(entries)
    }

    private static func tips(_ reader: inout CBORReader) throws(WireError) -> [Tip] {
        let start = reader.offset
        let count = try reader.array(max: Limits.tipsPerLog)
        guard count > 0 else { throw WireError(.malformed, at: start) }
        var tips: [Tip] = []
        for _ in 0..<count {
            let start = reader.offset
            guard try reader.array(max: 2) == 2 else { throw WireError(.malformed, at: start) }
            let tip = Tip(sequence: try sequence(&reader), hash: try reader.digest())
            if let last = tips.last, last >= tip { throw WireError(.notCanonical, at: start) }
            tips.append(tip)
        }
        return tips
    }
}

extension VectorClock {
    /// Over full hashes: two nodes with equal digests of a scope hold the same changes of it.
    public var digest: Digest {
        var writer = CBORWriter(reservingBytes: 64 * (entries.count + 1))
        NameCodec.write(self, to: &writer)
        return .sha256(writer.bytes)
    }

    /// For a node's own table of what the hub answered last.
    public var encoded: [UInt8] {
        var writer = CBORWriter()
        NameCodec.write(self, to: &writer)
        return writer.bytes
    }

    public init(encoded bytes: [UInt8]) throws(WireError) {
        var reader = CBORReader(bytes)
        self = try NameCodec.clock(&reader)
        try reader.expectEnd()
    }
}

extension Reference {
    /// For a store's own tables.
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingBytes: 64)
        NameCodec.write(self, to: &writer)
        return writer.bytes
    }
}
