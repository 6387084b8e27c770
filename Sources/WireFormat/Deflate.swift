import CZlib
import SyncCore

/// Raw deflate (RFC 1951) with a hard bound on what comes out.
public enum Deflate {
    public static func compress(_ input: [UInt8], level: Int32 = 6) -> [UInt8] {
        var stream = z_stream()
        guard
            deflateInit2_(
                &stream, level, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { preconditionFailure("zlib could not allocate its window") }
        defer { deflateEnd(&stream) }
        // zlib before 1.3 forgets the head of a stored block when a few bytes go in at level 0.
        let capacity = Int(deflateBound(&stream, UInt(input.count))) + 16
        var input = input
        return input.withUnsafeMutableBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(capacity)
                let status = deflate(&stream, Z_FINISH)
                precondition(status == Z_STREAM_END, "deflateBound holds the whole output")
                count = capacity - Int(stream.avail_out)
            }
        }
    }

    /// Exactly `byteCount` bytes from exactly all of the input, or an error; never more memory
    /// than that, whatever the input says.
    public static func decompress(
        _ input: ArraySlice<UInt8>, byteCount: Int, max: Int
    ) throws(WireError) -> [UInt8] {
        guard byteCount <= max else { throw WireError(.tooLarge, at: 0) }
        guard byteCount > 0, !input.isEmpty else {
            throw WireError(.malformed, at: 0)
        }
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { preconditionFailure("zlib could not allocate its window") }
        defer { inflateEnd(&stream) }
        var status = Z_OK
        var leftIn = 0
        var copy = Array(input)
        let output = copy.withUnsafeMutableBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(byteCount)
                status = inflate(&stream, Z_FINISH)
                leftIn = Int(stream.avail_in)
                count = byteCount - Int(stream.avail_out)
            }
        }
        guard status == Z_STREAM_END, leftIn == 0, output.count == byteCount else {
            throw WireError(.malformed, at: 0)
        }
        return output
    }
}
