import Foundation
import GRDB
import SyncCore

extension Collection<UInt8> {
    var blob: Data { Data(self) }
}

extension Row {
    /// Nothing where damage made something else of it: no decoder takes that.
    func bytes(_ index: Int) -> [UInt8] {
        [UInt8](Data.fromDatabaseValue(self[index]) ?? Data())
    }

    func digest(_ index: Int) throws -> Digest {
        guard let digest = Digest(bytes: bytes(index)) else {
            throw StoreError.damaged("a stored hash is not 32 bytes long")
        }
        return digest
    }

    /// Eight bytes of a hash, kept as a signed integer.
    func prefix(_ index: Int) -> UInt64 { UInt64(bitPattern: self[index] as Int64) }

    /// A place in a log.
    func sequence(_ index: Int) throws -> UInt64 {
        guard let value = Int64.fromDatabaseValue(self[index]), value > 0,
            value <= Int64(Limits.sequenceMax)
        else { throw StoreError.damaged("the place of a change in its log cannot be read") }
        return UInt64(value)
    }
}
