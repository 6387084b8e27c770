import Foundation
import GRDB
import SyncCore

extension [UInt8] {
    var blob: Data { Data(self) }
}

extension Row {
    func bytes(_ index: Int) -> [UInt8] {
        let data: Data = self[index]
        return [UInt8](data)
    }

    func digest(_ index: Int) throws -> Digest {
        guard let digest = Digest(bytes: bytes(index)) else {
            throw StoreError.damaged("a stored hash is not 32 bytes long")
        }
        return digest
    }

    /// Eight bytes of a hash, kept as a signed integer.
    func prefix(_ index: Int) -> UInt64 { UInt64(bitPattern: self[index] as Int64) }
}
