import FuzzEntry

extension FuzzTarget {
    /// One execution, as libFuzzer calls it. A broken promise ends the process, as a trap does, so
    /// that the input is kept.
    public func drive(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        let bytes = Array(UnsafeBufferPointer(start: start, count: count))
        Memory.begin()
        do throws(Violation) { try run(bytes) } catch {
            fatalError("\(rawValue): \(error)")
        }
        let peak = Memory.end()
        if peak > memoryBytes(for: count) {
            fatalError("\(rawValue): \(peak) bytes of memory for \(count) of input")
        }
        return 0
    }

    /// What an input may cost at once: a multiple of its length, which every decoder pays for what
    /// it makes of it, and what the limits allow by themselves.
    private func memoryBytes(for count: Int) -> Int {
        let limit =
            switch self {
            // A body inflates to half a megabyte, of which the changes are made.
            case .segment, .entries: 8 << 20
            default: 1 << 20
            }
        return limit + 512 * count
    }
}
