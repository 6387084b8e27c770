import SyncCore
import Testing
import WireFormat

// The debug text is stable: support compares it, so its exact form is kept here.

private let log = "632521-01/000000000000c5a1/county/632521/events"
private let first = "91djvpg1mk456 (\(log)/1#a4c853549d915256)"
private let signature = [UInt8](repeating: 0xEE, count: 64)

@Suite struct `Debug text` {
    @Test func `of a change`() throws {
        let segment = try SegmentCodec.decode(Author.example().seal())
        let expected = """
            change 91djvpg24mq7j (\(log)/2#252e7913f3de5db5):
              hash: 252e7913f3de5db56aa2258fa00fe95d51021a325a72cfb2190a8f00f3165e18
              kind: edit
              record: \(first)
              parents:
                - \(first)
              groups:
                group 1 (life):
                  replaces: none
                group 10:
                  replaces:
                    - \(first)
              author: "li-si"
              claimed time: 2026-03-01T08:01:00.000Z (1772352060000 ms)
              payload:
                schema version: 2
                values:
                  group 1 (life): {1: 0}
                  group 10: {1: "合同延期", 2: [true, null], -1: h'0102'}
                reason: "补正"

            """
        #expect(DebugText.text(of: segment.changes[1]) == expected)
    }

    @Test func `of a segment`() throws {
        var author = Author()
        author.append(Fixture.creation())
        let sealed = try SegmentCodec.decode(author.seal())
        // Signatures and compression differ between machines.
        let segment = Segment(
            log: sealed.log, firstSequence: 1, previousHash: .zero, changes: sealed.changes,
            signature: signature, encoded: Array(repeating: 0, count: 204))
        let expected = """
            segment:
              log: \(log)
              sequences: 1-1
              changes: 1
              bytes: 204
              previous hash: 0000000000000000000000000000000000000000000000000000000000000000
              last hash: a4c853549d915256e2c29970861722b87c6d530958b5c7db52ee26638ffba49e
              signature: \(signature.hex)
            change \(first):
              hash: a4c853549d915256e2c29970861722b87c6d530958b5c7db52ee26638ffba49e
              kind: edit
              record: \(first)
              creates: "project"
              parents: none
              groups:
                group 10:
                  replaces: none
              author: "zhang.san"
              claimed time: 2026-03-01T08:00:00.000Z (1772352000000 ms)
              payload:
                schema version: 1
                values:
                  group 10: {1: 7}

            """
        #expect(DebugText.text(of: segment) == expected)
    }

    @Test func `of a header and a payload that are none`() {
        let change = Change(
            log: Fixture.log, sequence: 1, header: Fixture.creation(), headerBytes: [],
            payloadBytes: [0xA0, 0xFF], hash: .zero)
        #expect(DebugText.text(of: change).split(separator: "unreadable: ").count == 3)
    }

    @Test func `of a request`() {
        let tip = Tip(sequence: 3, hash: .sha256([3]))
        let clock = VectorClock([VectorClock.Entry(log: Fixture.log, tips: [tip])])
        let stored = RawSegment(.example(), level: 0).encoded
        let request = MessageCodec.encode(
            ExchangeRequest(
                scopes: [
                    ScopeReport(scope: .province, digest: VectorClock.empty.digest),
                    ScopeReport(scope: Fixture.county, digest: clock.digest, clock: clock),
                ], marks: [Fixture.reference(2)], answerBudgetBytes: 65_536,
                segments: [stored, [0x80]]))
        let expected = """
            exchange request:
              bytes: \(request.count)
              scopes:
                province:
                  digest: \(VectorClock.empty.digest.hex)
                county/632521:
                  digest: 0f36011968dd9b998b72409827bb286a3efc8069ba0807a8b3261ce398a1b819
                  clock:
                    log \(log):
                      tip 3: 084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5
              marks:
                - 91djvpg208104 (\(log)/2#0202020202020202)
              receipts wanted: none
              answer budget: 65536 bytes
              segments:
                - \(log) 1-3, changes: 3, bytes: \(stored.count)
                - unreadable, bytes: 1:
                  refusal:
                    rule: malformed
                    log: unknown
                    first sequence: 0
                    position: 0

            """
        #expect(DebugText.text(ofRequest: request) == expected)
    }

    @Test func `of an answer`() {
        let answer = MessageCodec.encode(
            ExchangeAnswer(
                scopes: [],
                receipts: [
                    Receipt(
                        log: Fixture.log, sequence: 3, hash: .sha256([3]), signature: signature)
                ], refusals: [Refusal(.gap, log: Fixture.log, firstSequence: 4, position: 0)],
                wanted: [Fixture.reference(9)], hasMore: true))
        let expected = """
            exchange answer:
              bytes: \(answer.count)
              scopes: none
              confirmed marks: none
              receipts:
                receipt:
                  log: \(log)
                  sequence: 3
                  hash: 084fed08b978af4d7d196a7446a86b58009e636b611db16211b65a9aadff29c5
                  signature: \(signature.hex)
              refusals:
                refusal:
                  rule: gap
                  log: \(log)
                  first sequence: 4
                  position: 0
              wanted:
                - 91djvpg9144gj (\(log)/9#0909090909090909)
              has more: true
              segments: none

            """
        #expect(DebugText.text(ofAnswer: answer) == expected)
    }

    @Test func `of small messages`() throws {
        let news = MessageCodec.encode(
            WakeAnswer(scopes: [ScopeReport(scope: .province, digest: .zero)]))
        #expect(
            DebugText.text(ofWakeAnswer: news).hasPrefix(
                """
                wake answer:
                  bytes: 49
                """))
        #expect(DebugText.text(ofWakeAnswer: news).contains("province"))
        #expect(
            DebugText.text(ofWakeRequest: bytes("a200010180")) == """
                wake request:
                  bytes: 5
                  scopes: none

                """)
        var random = SplitMix64(900)
        let proof = random.proof()
        let text = DebugText.text(of: proof)
        #expect(text.hasPrefix("sender: \(proof.sender)\ntime: "))
        #expect(text.contains("\nnonce: \(proof.nonce.hex)\nboot: \(proof.boot)\n"))
        #expect(DebugText.text(ofProof: proof.encoded) == text)
    }

    @Test func `of what cannot be read`() {
        #expect(
            DebugText.text(ofRequest: bytes("a2000201801900")) == """
                exchange request:
                  bytes: 7
                  unreadable: unsupported at 3
                  diagnostic: {0: 2, 1: []}, / truncated at 5 /

                """)
        #expect(
            DebugText.text(ofClock: [0xFF]) == """
                unreadable: not-canonical at 0
                diagnostic: / malformed at 0 /

                """)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (1_735_689_599_001, "2024-12-31T23:59:59.001Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "+10000-01-01T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "-0001-12-31T23:59:59.999Z"),
            (.max, "+292278994-08-17T07:12:55.807Z"), (.min, "-292275055-05-16T16:47:04.192Z"),
        ] as [(Int64, String)])
    func `of a time`(milliseconds: Int64, text: String) {
        var header = Fixture.creation()
        header.claimedTime = milliseconds
        let line = "claimed time: \(text) (\(milliseconds) ms)\n"
        #expect(DebugText.text(of: header).hasSuffix(line))
    }

    @Test func `keeps foreign text on its line`() {
        let header = Fixture.creation("a\nauthor: \"x\"")
        #expect(DebugText.text(of: header).contains(#"creates: "a\nauthor: \"x\"""# + "\n"))
    }
}
