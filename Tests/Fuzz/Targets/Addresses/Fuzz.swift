import FuzzDriver
import FuzzEntry
import FuzzStoreEntry

@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let target = FuzzStoreTarget.addresses
    return execute(target.rawValue, start, count, memoryBytes: 64 << 20, target.run)
}
