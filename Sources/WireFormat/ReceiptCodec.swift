import SyncCore

public enum ReceiptCodec {
    /// What the hub signs.
    public static func signedBytes(log: LogID, sequence: UInt64, hash: Digest) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(count: 5)
        writer.text("creditsync receipt")
        writer.unsigned(UInt64(Suite.sha256Ed25519.rawValue))
        NameCodec.write(log, to: &writer)
        writer.unsigned(sequence)
        writer.digest(hash)
        return writer.bytes
    }

    public static func issue(log: LogID, sequence: UInt64, hash: Digest, key: NodeKey) -> Receipt {
        Receipt(
            log: log, sequence: sequence, hash: hash,
            signature: key.sign(signedBytes(log: log, sequence: sequence, hash: hash)))
    }

    public static func isSigned(_ receipt: Receipt, by hub: PublicKey) -> Bool {
        hub.isValid(
            signature: receipt.signature,
            for: signedBytes(log: receipt.log, sequence: receipt.sequence, hash: receipt.hash))
    }

    /// `[log, sequence, hash, signature]`
    static func write(_ receipt: Receipt, to writer: inout CBORWriter) {
        writer.array(count: 4)
        NameCodec.write(receipt.log, to: &writer)
        writer.unsigned(receipt.sequence)
        writer.digest(receipt.hash)
        writer.byteString(receipt.signature)
    }

    static func read(_ reader: inout CBORReader) throws(WireError) -> Receipt {
        let start = reader.offset
        guard try reader.array(max: 4) == 4 else { throw WireError(.malformed, at: start) }
        let log = try NameCodec.log(&reader)
        let sequence = try NameCodec.sequence(&reader)
        let hash = try reader.digest()
        let signature = try reader.byteString(max: PublicKey.signatureByteCount)
        guard signature.count == PublicKey.signatureByteCount else {
            throw WireError(.malformed, at: start)
        }
        return Receipt(log: log, sequence: sequence, hash: hash, signature: signature)
    }
}
