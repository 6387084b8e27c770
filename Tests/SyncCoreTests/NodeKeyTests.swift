/// Keys as files and registrations bring them.
import SyncCore
import Testing

@Suite struct NodeKeyTests {
    @Test(arguments: [0, 31, 33])
    func `A key of another length is none`(byteCount: Int) {
        let bytes = [UInt8](repeating: 1, count: byteCount)
        #expect(NodeKey(secret: bytes) == nil)
        #expect(PublicKey(bytes) == nil)
    }

    @Test func `What one key signed no other key did`() throws {
        let keys = try [1, 2].map {
            try #require(NodeKey(secret: [UInt8](repeating: $0, count: 32)))
        }
        let signature = keys[0].sign([1, 2, 3])
        #expect(keys[0].publicKey.isValid(signature: signature, for: [1, 2, 3]))
        #expect(!keys[0].publicKey.isValid(signature: signature, for: [1, 2, 4]))
        #expect(!keys[1].publicKey.isValid(signature: signature, for: [1, 2, 3]))
    }
}
