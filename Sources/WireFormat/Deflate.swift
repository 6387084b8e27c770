import CDeflate
import SyncCore

/// Raw deflate (RFC 1951) with a hard bound on what comes out.
public enum Deflate {
    /// A segment is compressed once, by its author, and crosses slow lines many times: 6.5 µs a change
    /// instead of 2.9 at level 6 for 6 % fewer bytes. Level 10 would take 37.
    public static let level: Int32 = 8

    public static func compress(_ input: [UInt8], level: Int32 = Self.level) -> [UInt8] {
        guard let compressor = libdeflate_alloc_compressor(level) else {
            preconditionFailure("no memory for a compressor")
        }
        defer { libdeflate_free_compressor(compressor) }
        let capacity = libdeflate_deflate_compress_bound(compressor, input.count)
        return [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
            count = input.withUnsafeBytes { source in
                libdeflate_deflate_compress(
                    compressor, source.baseAddress, source.count, target.baseAddress, capacity)
            }
            precondition(count > 0, "the bound holds the whole output")
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
        guard let decompressor = libdeflate_alloc_decompressor() else {
            preconditionFailure("no memory for a decompressor")
        }
        defer { libdeflate_free_decompressor(decompressor) }
        var isWhole = false
        let output = [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
            var (taken, given) = (0, 0)
            let result = input.withUnsafeBytes { source in
                libdeflate_deflate_decompress_ex(
                    decompressor, source.baseAddress, source.count, target.baseAddress, byteCount,
                    &taken, &given)
            }
            isWhole = result == LIBDEFLATE_SUCCESS && taken == input.count && given == byteCount
            // After a failure nobody can say which bytes were written.
            count = isWhole ? byteCount : 0
        }
        guard isWhole else { throw WireError(.malformed, at: 0) }
        return output
    }
}
