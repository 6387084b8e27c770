import FuzzDriver
import FuzzEntry

@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTarget.proof.drive(start, count)
}
