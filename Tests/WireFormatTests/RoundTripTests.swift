import SyncCore
import Testing
import WireFormat

// What one node writes, another reads the same; what it reads, it would write the same.

@Suite struct `Round trips` {
    @Test(arguments: Decoder.allCases)
    func `encoding what was decoded gives the same bytes`(decoder: Decoder) throws {
        let seed: UInt64 = 400
        var random = SplitMix64(seed)
        for _ in 0..<200 {
            let encoded = decoder.example(&random)
            #expect(try decoder.again(encoded) == encoded, "seed \(seed): \(encoded.hex)")
        }
    }

    @Test func `headers and payloads come back equal`() throws {
        let seed: UInt64 = 401
        var random = SplitMix64(seed)
        for _ in 0..<300 {
            let header = random.header(in: random.scope())
            let payload = random.payload(for: header)
            #expect(header.isConsistent && header.agrees(with: payload), "seed \(seed): \(header)")
            let headerBytes = ChangeCodec.encode(header)
            let payloadBytes = ChangeCodec.encode(payload)
            #expect(try ChangeCodec.decodeHeader(headerBytes) == header, "seed \(seed)")
            #expect(try ChangeCodec.decodePayload(payloadBytes) == payload, "seed \(seed)")
            let entry = ChangeCodec.entry(headerBytes: headerBytes, payloadBytes: payloadBytes)
            let both = try ChangeCodec.decode(entry: entry)
            #expect(both.header == header && both.payload == payload, "seed \(seed)")
        }
    }

    @Test func `values come back equal`() throws {
        let seed: UInt64 = 402
        var random = SplitMix64(seed)
        for _ in 0..<500 {
            let entries = random.entries(depth: 6)
            let encoded = ValueCodec.encode(group: entries)
            #expect(try ValueCodec.decode(group: encoded) == entries, "seed \(seed)")
            // The order in which the caller names fields does not matter.
            let shuffled = ValueCodec.encode(group: entries.shuffled(using: &random))
            #expect(shuffled == encoded, "seed \(seed)")
        }
    }

    @Test func `requests and answers come back equal`() throws {
        let seed: UInt64 = 403
        var random = SplitMix64(seed)
        for _ in 0..<150 {
            let request = random.request()
            let gotRequest = try MessageCodec.decodeRequest(MessageCodec.encode(request))
            #expect(gotRequest.scopes == request.scopes, "seed \(seed)")
            #expect(gotRequest.marks == request.marks, "seed \(seed)")
            #expect(gotRequest.receiptsWanted == request.receiptsWanted, "seed \(seed)")
            #expect(gotRequest.answerBudgetBytes == request.answerBudgetBytes, "seed \(seed)")
            #expect(gotRequest.segments == request.segments, "seed \(seed)")
            let answer = random.answer()
            let gotAnswer = try MessageCodec.decodeAnswer(MessageCodec.encode(answer))
            #expect(gotAnswer.scopes == answer.scopes, "seed \(seed)")
            #expect(gotAnswer.receipts == answer.receipts, "seed \(seed)")
            #expect(gotAnswer.confirmedMarks == answer.confirmedMarks, "seed \(seed)")
            #expect(gotAnswer.refusals == answer.refusals, "seed \(seed)")
            #expect(gotAnswer.wanted == answer.wanted, "seed \(seed)")
            #expect(gotAnswer.hasMore == answer.hasMore, "seed \(seed)")
            #expect(gotAnswer.segments == answer.segments, "seed \(seed)")
        }
    }

    @Test func `wake messages, clocks and proofs come back equal`() throws {
        let seed: UInt64 = 404
        var random = SplitMix64(seed)
        for _ in 0..<150 {
            let wake = WakeRequest(scopes: random.reports(clocks: false))
            #expect(try MessageCodec.decodeWakeRequest(MessageCodec.encode(wake)) == wake)
            let news = WakeAnswer(scopes: random.reports(clocks: false))
            #expect(try MessageCodec.decodeWakeAnswer(MessageCodec.encode(news)) == news)
            let clock = random.clock()
            #expect(try VectorClock(encoded: clock.encoded) == clock, "seed \(seed)")
            #expect(try VectorClock(encoded: clock.encoded).digest == clock.digest)
            let proof = random.proof()
            #expect(try MessageProof(encoded: proof.encoded) == proof, "seed \(seed)")
        }
    }

    @Test func `a receipt says what the hub signed`() throws {
        let hash = Digest.sha256([1])
        let receipt = ReceiptCodec.issue(
            log: Fixture.log, sequence: 7, hash: hash, key: Fixture.hubKey)
        let answer = ExchangeAnswer(scopes: [], receipts: [receipt])
        let got = try MessageCodec.decodeAnswer(MessageCodec.encode(answer)).receipts[0]
        #expect(ReceiptCodec.isSigned(got, by: Fixture.hubKey.publicKey))
        #expect(!ReceiptCodec.isSigned(got, by: Fixture.nodeKey.publicKey))
        let other = Receipt(log: got.log, sequence: 8, hash: hash, signature: got.signature)
        #expect(!ReceiptCodec.isSigned(other, by: Fixture.hubKey.publicKey))
    }
}
