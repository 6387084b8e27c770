import FuzzEntry

extension FuzzTarget {
    public func drive(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        // What an input may cost at once is a multiple of its length, which every decoder pays for
        // what it makes of it, and what the limits allow by themselves: a segment's body inflates
        // to half a megabyte, of which the changes are made.
        let limit = self == .segment || self == .entries ? 8 << 20 : 1 << 20
        return execute(rawValue, start, count, memoryBytes: limit + 512 * count, run)
    }
}

/// One execution, as libFuzzer calls it. A broken promise ends the process, as a trap does, so
/// that the input is kept.
public func execute(
    _ target: String, _ start: UnsafePointer<UInt8>?, _ count: Int, memoryBytes: Int,
    _ run: ([UInt8]) throws(Violation) -> Void
) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    Memory.begin()
    do throws(Violation) { try run(bytes) } catch { fatalError("\(target): \(error)") }
    let peak = Memory.end()
    if peak > memoryBytes { fatalError("\(target): \(peak) bytes of memory for \(count) of input") }
    return 0
}
