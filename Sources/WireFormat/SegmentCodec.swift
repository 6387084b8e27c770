import SyncCore

/// Segments: `[suite, log, first sequence, previous hash, secrets, signature, count, body bytes
/// before compression, deflated body]`, the body a CBOR sequence (RFC 8742) of entries.
///
/// What a receiver can recompute does not travel: hashes come from the bytes, salts from one
/// secret for each aligned block of 512 changes.
public enum SegmentCodec {
    /// Seals a run of changes of one log. `secrets`: of every salt block that it touches, in order.
    public static func seal(
        log: LogID, firstSequence: UInt64, previousHash: Digest, secrets: [SaltSecret],
        entries: [[UInt8]], lastHash: Digest, key: NodeKey
    ) -> [UInt8] {
        precondition((1...Limits.segmentChanges).contains(entries.count))
        let lastSequence = firstSequence + UInt64(entries.count) - 1
        let body = entries.flatMap { $0 }
        let signature = key.sign(
            signedBytes(log: log, lastSequence: lastSequence, lastHash: lastHash))
        let compressed = Deflate.compress(body)
        var writer = CBORWriter(reservingBytes: compressed.count + 256)
        writer.array(count: 9)
        writer.unsigned(UInt64(Suite.sha256Ed25519.rawValue))
        NameCodec.write(log, to: &writer)
        writer.unsigned(firstSequence)
        writer.digest(previousHash)
        writer.array(count: secrets.count)
        for secret in secrets { writer.byteString(secret.bytes) }
        writer.byteString(signature)
        writer.unsigned(UInt64(entries.count))
        writer.unsigned(UInt64(body.count))
        writer.byteString(compressed)
        return writer.bytes
    }

    /// What the origin signs: suite, log, last sequence and last hash, so that bodies which
    /// differ in their compression are one segment.
    public static func signedBytes(log: LogID, lastSequence: UInt64, lastHash: Digest) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(count: 5)
        writer.text("creditsync segment")
        writer.unsigned(UInt64(Suite.sha256Ed25519.rawValue))
        NameCodec.write(log, to: &writer)
        writer.unsigned(lastSequence)
        writer.digest(lastHash)
        return writer.bytes
    }

    public static func isSigned(_ segment: Segment, by key: PublicKey) -> Bool {
        key.isValid(
            signature: segment.signature,
            for: signedBytes(
                log: segment.log, lastSequence: segment.lastSequence, lastHash: segment.lastHash))
    }

    struct Head {
        let log: LogID
        let firstSequence: UInt64
        let previousHash: Digest
        let secrets: [SaltSecret]
        let signature: [UInt8]
        let count: Int
        let bodyByteCount: Int
        let body: Range<Int>
    }

    /// Decodes and recomputes every hash. The signature is left to whoever knows the key.
    ///
    /// Positions of faults count the body as inflated, so that one number says where to look.
    public static func decode(_ encoded: [UInt8]) throws(Refusal) -> Segment {
        var log: LogID?
        var firstSequence: UInt64 = 0
        do throws(WireError) {
            let head = try readHead(encoded, &log, &firstSequence)
            do throws(WireError) { return try readBody(encoded, head) } catch {
                throw WireError(error.rule, at: head.body.lowerBound + error.offset)
            }
        } catch {
            throw Refusal(
                error.rule, log: log, firstSequence: firstSequence, position: error.offset)
        }
    }

    /// What a segment says of itself in its head, as far as that can be read.
    public struct Declared: Sendable {
        public var log: LogID?
        public var firstSequence: UInt64 = 0
        /// When inflated.
        public var bodyByteCount = 0
    }

    public static func declared(_ encoded: [UInt8]) -> Declared {
        var declared = Declared()
        let head = try? readHead(encoded, &declared.log, &declared.firstSequence)
        declared.bodyByteCount = head?.bodyByteCount ?? 0
        return declared
    }

    /// Of a segment that is not looked at any further.
    public static func refusal(_ rule: RefusalRule, of encoded: [UInt8]) -> Refusal {
        let declared = declared(encoded)
        return Refusal(rule, log: declared.log, firstSequence: declared.firstSequence)
    }

    /// Log and first sequence are told as soon as they are read, so that a refusal can name them.
    private static func readHead(
        _ encoded: [UInt8], _ name: inout LogID?, _ first: inout UInt64
    ) throws(WireError) -> Head {
        guard encoded.count <= Limits.encodedSegmentBytes else { throw WireError(.tooLarge, at: 0) }
        var reader = CBORReader(encoded)
        guard try reader.array(max: 9) == 9 else { throw WireError(.malformed, at: 0) }
        let suite = try reader.unsigned()
        guard suite == UInt64(Suite.sha256Ed25519.rawValue) else {
            throw WireError(.unsupported, at: 1)
        }
        let log = try NameCodec.log(&reader)
        name = log
        let firstSequence = try NameCodec.sequence(&reader)
        first = firstSequence
        let previousHash = try reader.digest()
        guard (firstSequence == 1) == (previousHash == .zero) else {
            throw reader.fail(.inconsistent)
        }
        var secrets: [SaltSecret] = []
        for _ in 0..<(try reader.array(max: 2)) {
            // A block whose secret is withheld holds an erased change: explicit salts follow.
            if reader.null() { throw reader.fail(.unsupported) }
            let start = reader.offset
            guard let secret = SaltSecret(try reader.byteString(max: SaltSecret.byteCount)) else {
                throw WireError(.malformed, at: start)
            }
            secrets.append(secret)
        }
        let start = reader.offset
        let signature = try reader.byteString(max: PublicKey.signatureByteCount)
        guard signature.count == PublicKey.signatureByteCount else {
            throw WireError(.malformed, at: start)
        }
        let count = Int(try reader.unsigned(max: UInt64(Limits.segmentChanges)))
        let last = firstSequence + UInt64(count) - 1
        guard count > 0 else { throw reader.fail(.malformed) }
        guard last <= Limits.sequenceMax else { throw reader.fail(.tooLarge) }
        let blocks = SaltSecret.block(of: last) - SaltSecret.block(of: firstSequence) + 1
        guard secrets.count == Int(blocks) else { throw reader.fail(.malformed) }
        let bodyByteCount = Int(try reader.unsigned(max: UInt64(Limits.segmentBytes)))
        let body = try reader.byteRange(max: Limits.encodedSegmentBytes)
        try reader.expectEnd()
        return Head(
            log: log, firstSequence: firstSequence, previousHash: previousHash, secrets: secrets,
            signature: signature, count: count, bodyByteCount: bodyByteCount, body: body)
    }

    private static func readBody(_ encoded: [UInt8], _ head: Head) throws(WireError) -> Segment {
        let body = try Deflate.decompress(
            encoded[head.body], byteCount: head.bodyByteCount, max: Limits.segmentBytes)
        var reader = CBORReader(body)
        var changes: [Change] = []
        changes.reserveCapacity(head.count)
        var previous = head.previousHash
        let firstBlock = SaltSecret.block(of: head.firstSequence)
        var places = PlaceWriter(head.log)
        for offset in 0..<head.count {
            let sequence = head.firstSequence + UInt64(offset)
            let start = reader.offset
            let entry = try ChangeCodec.readEntry(&reader)
            guard entry.header.staysIn(scope: head.log.scope) else {
                throw WireError(.inconsistent, at: start)
            }
            let salt = head.secrets[Int(SaltSecret.block(of: sequence) - firstBlock)]
                .salt(for: sequence)
            let hash = ChangeHash.change(
                place: places.place(sequence: sequence, previousHash: previous),
                headerBytes: body.span.extracting(entry.headerBytes).bytes,
                payload: ChangeHash.payload(
                    body.span.extracting(entry.payloadBytes).bytes, salt: salt))
            changes.append(
                Change(
                    log: head.log, sequence: sequence, record: entry.header.record,
                    entry: body[start..<reader.offset],
                    headerByteCount: entry.headerBytes.count,
                    payloadByteCount: entry.payloadBytes.count, hash: hash))
            previous = hash
        }
        try reader.expectEnd()
        return Segment(
            log: head.log, firstSequence: head.firstSequence, previousHash: head.previousHash,
            changes: changes, signature: head.signature, encoded: encoded)
    }
}

extension ChangeHeader {
    /// All references of a change lie in its own scope.
    func staysIn(scope: Scope) -> Bool {
        let recordScope = if case .of(let record) = record { record.log.scope } else { scope }
        return recordScope == scope && parents.allSatisfy { $0.log.scope == scope }
            && groups.allSatisfy { $0.replaces.allSatisfy { $0.log.scope == scope } }
            && (target?.log.scope ?? scope) == scope
    }
}
