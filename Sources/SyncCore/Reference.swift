/// Names one change exactly: its place and the first eight bytes of its hash, so that it stays
/// exact even when the log turns out to be forked.
public struct Reference: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let log: LogID
    public let sequence: UInt64
    public let prefix: UInt64

    public init(log: LogID, sequence: UInt64, prefix: UInt64) {
        self.log = log
        self.sequence = sequence
        self.prefix = prefix
    }

    public init(log: LogID, sequence: UInt64, hash: Digest) {
        self.init(log: log, sequence: sequence, prefix: hash.prefix)
    }

    public static func < (a: Reference, b: Reference) -> Bool {
        if a.log != b.log { return a.log < b.log }
        if a.sequence != b.sequence { return a.sequence < b.sequence }
        return a.prefix < b.prefix
    }

    public var description: String {
        var digits: [UInt8] = []
        digits.append(bigEndian: prefix)
        return "\(log)/\(sequence)#\(digits.hex)"
    }
}

/// A reference as people read and type it: base 32 of four bytes of the log name's hash, the
/// sequence, and three bytes of the change's hash. It resolves through the logs a node holds,
/// without an index of random keys.
public struct ShortID: Hashable, Sendable, CustomStringConvertible {
    public let logHash: UInt32
    public let sequence: UInt64
    public let hashPrefix: UInt32

    public init(_ reference: Reference) {
        logHash = Self.hash(of: reference.log)
        sequence = reference.sequence
        hashPrefix = UInt32(reference.prefix >> 40)
    }

    public init?(_ text: String) {
        guard let bytes = Base32.decode(text), (8...12).contains(bytes.count),
            bytes[4] != 0 || bytes.count == 8
        else { return nil }
        logHash = bytes[0..<4].reduce(0) { $0 << 8 | UInt32($1) }
        sequence = bytes[4..<(bytes.count - 3)].reduce(0) { $0 << 8 | UInt64($1) }
        hashPrefix = bytes[(bytes.count - 3)...].reduce(0) { $0 << 8 | UInt32($1) }
    }

    public static func hash(of log: LogID) -> UInt32 {
        UInt32(Digest.sha256(log.nameBytes).prefix >> 32)
    }

    public func matches(_ reference: Reference) -> Bool { ShortID(reference) == self }

    public var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(15)
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: logHash >> UInt32(shift)))
        }
        // Without the zeros before it, but never nothing.
        let width = max(64 - sequence.leadingZeroBitCount, 1)
        for shift in stride(from: (width - 1) / 8 * 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: sequence >> UInt64(shift)))
        }
        for shift in stride(from: 16, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: hashPrefix >> UInt32(shift)))
        }
        return Base32.encode(bytes)
    }
}
