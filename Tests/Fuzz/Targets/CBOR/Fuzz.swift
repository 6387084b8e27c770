import FuzzDriver
import FuzzEntry

@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.cbor.drive(start, count)
}
