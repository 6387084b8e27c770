import SyncCore
import Testing
import WireFormat

// The debug text is stable: support compares it, so its exact form is kept here.

@Suite struct `Debug text` {
    @Test func `of a change`() throws {
        let segment = try SegmentCodec.decode(Author.example().seal())
        print(DebugText.text(of: segment.changes[1]))
    }

    @Test func `of a segment`() throws {
        var author = Author()
        author.append(Fixture.creation())
        print(DebugText.text(of: try SegmentCodec.decode(author.seal())))
    }

    @Test func `of a request`() {
        print(DebugText.text(ofRequest: MessageCodec.encode(Self.request)))
    }

    @Test func `of an answer`() {
        print(DebugText.text(ofAnswer: MessageCodec.encode(Self.answer)))
    }

    private static let request: ExchangeRequest = {
        let tip = Tip(sequence: 3, hash: .sha256([3]))
        let clock = VectorClock([VectorClock.Entry(log: Fixture.log, tips: [tip])])
        return ExchangeRequest(
            scopes: [
                ScopeReport(scope: .province, digest: VectorClock.empty.digest),
                ScopeReport(scope: Fixture.county, digest: clock.digest, clock: clock),
            ], marks: [Fixture.reference(2)], answerBudgetBytes: 65_536,
            segments: [Author.example().seal(), [0x80]])
    }()

    private static let answer = ExchangeAnswer(
        scopes: [],
        receipts: [
            Receipt(
                log: Fixture.log, sequence: 3, hash: .sha256([3]),
                signature: Array(repeating: 0xEE, count: 64))
        ], refusals: [Refusal(.gap, log: Fixture.log, firstSequence: 4, position: 0)],
        wanted: [Fixture.reference(9)], hasMore: true)
}
