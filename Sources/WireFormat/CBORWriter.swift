import SyncCore

/// Writes deterministic CBOR (RFC 8949 §4.2.1): shortest heads, definite lengths. Map keys are
/// written by the caller in ascending order; a debug build checks nothing here, since every
/// reader of ours refuses any other order.
public struct CBORWriter {
    public private(set) var bytes: [UInt8]

    public init(reservingBytes capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    @inline(__always)
    mutating func head(_ major: UInt8, _ argument: UInt64) {
        let high = major << 5
        switch argument {
        case 0..<24: bytes.append(high | UInt8(argument))
        case 24...0xFF:
            bytes.append(high | 24)
            bytes.append(UInt8(argument))
        case 0x100...0xFFFF:
            bytes.append(high | 25)
            append(argument, byteCount: 2)
        case 0x1_0000...0xFFFF_FFFF:
            bytes.append(high | 26)
            append(argument, byteCount: 4)
        default:
            bytes.append(high | 27)
            append(argument, byteCount: 8)
        }
    }

    private mutating func append(_ argument: UInt64, byteCount: Int) {
        for index in (0..<byteCount).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: argument >> UInt64(index * 8)))
        }
    }

    public mutating func unsigned(_ value: UInt64) { head(0, value) }

    public mutating func integer(_ value: Int64) {
        value >= 0 ? head(0, UInt64(value)) : head(1, UInt64(bitPattern: ~value))
    }

    public mutating func byteString(_ value: some Collection<UInt8>) {
        head(2, UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    public mutating func digest(_ value: Digest) {
        head(2, UInt64(Digest.byteCount))
        bytes.append(bigEndian: value.words.0)
        bytes.append(bigEndian: value.words.1)
        bytes.append(bigEndian: value.words.2)
        bytes.append(bigEndian: value.words.3)
    }

    public mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            head(3, UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    public mutating func array(count: Int) { head(4, UInt64(count)) }
    public mutating func map(count: Int) { head(5, UInt64(count)) }
    public mutating func bool(_ value: Bool) { bytes.append(value ? 0xF5 : 0xF4) }
    public mutating func null() { bytes.append(0xF6) }

    /// Forgets what was written after the first `count` bytes.
    mutating func truncate(to count: Int) { bytes.removeLast(bytes.count - count) }

    /// Bytes that are canonical CBOR already.
    public mutating func raw(_ encoded: some Collection<UInt8>) {
        bytes.append(contentsOf: encoded)
    }
}
