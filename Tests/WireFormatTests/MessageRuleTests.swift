import SyncCore
import Testing
import WireFormat

// A message has one encoding: nothing may be said twice, left out or said at length.

private let digest = "5820" + String(repeating: "ab", count: 32)
private let province = "6870726f76696e6365"
private let county = "6d636f756e74792f363332353231"

private let messages: [(name: String, decoder: Decoder, hex: String, rule: RefusalRule?)] = [
    ("the shortest request", .request, "a3 0001 0180 0400", nil),
    ("a request without budget", .request, "a2 0001 0180", .malformed),
    ("a request without scopes", .request, "a2 0001 0400", .malformed),
    ("a request without version", .request, "a2 0180 0400", .malformed),
    ("a version alone", .request, "a1 0001", .malformed),
    ("an empty list of marks", .request, "a4 0001 0180 0280 0400", .notCanonical),
    ("keys not ascending", .request, "a4 0001 0180 0400 0280", .notCanonical),
    ("a key twice", .request, "a4 0001 0180 0400 0400", .notCanonical),
    ("a budget beyond the bound", .request, "a3 0001 0180 04 1a00800001", .tooLarge),
    ("a number instead of a segment", .request, "a3 0001 0180 0400 00", .malformed),
    ("an answer's key in a request", .request, "a4 0001 0180 0400 0580", .unsupported),
    ("the shortest answer", .answer, "a2 0001 0180", nil),
    ("an answer with more to come", .answer, "a3 0001 0180 08f5", nil),
    ("an answer that says there is no more", .answer, "a3 0001 0180 08f4", .notCanonical),
    ("a request's key in an answer", .answer, "a3 0001 0180 0400", .unsupported),
    ("an empty list of receipts", .answer, "a3 0001 0180 0580", .notCanonical),
    ("an empty list of refusals", .answer, "a3 0001 0180 0680", .notCanonical),
    ("a refusal", .answer, "a3 0001 0180 0681 8401f60000", nil),
    ("a refusal by an unknown rule", .answer, "a3 0001 0180 0681 840af60000", .malformed),
    ("a report", .answer, "a2 0001 0181 82" + province + digest, nil),
    ("a report with an empty clock", .answer, "a2 0001 0181 83" + province + digest + "80", nil),
    (
        "reports not ascending", .answer,
        "a2 0001 0182 82" + county + digest + "82" + province + digest, .notCanonical
    ),
    (
        "a report twice", .answer, "a2 0001 0182 82" + province + digest + "82" + province + digest,
        .notCanonical
    ),
    ("a report without digest", .answer, "a2 0001 0181 81" + province, .malformed),
    ("a short digest", .answer, "a2 0001 0181 82" + province + "4100", .malformed),
    (
        "scopes with news", .wakeAnswer,
        "a2 0001 0182 82" + province + digest + "82" + county + digest, nil
    ),
    (
        "scopes not ascending", .wakeAnswer,
        "a2 0001 0182 82" + county + digest + "82" + province + digest, .notCanonical
    ),
    (
        "a scope twice", .wakeAnswer,
        "a2 0001 0182 82" + province + digest + "82" + province + digest, .notCanonical
    ),
    (
        "a clock in a wake answer", .wakeAnswer, "a2 0001 0181 83" + province + digest + "80",
        .malformed
    ),
    ("more than wake answers have", .wakeAnswer, "a3 0001 0180 0280", .unsupported),
    ("something after a wake answer", .wakeAnswer, "a2 0001 0180 40", .malformed),
    ("something after a wake request", .wakeRequest, "a2 0001 0180 40", .malformed),
]

@Suite struct `Messages by the rules` {
    @Test(arguments: messages)
    func `a message is accepted or refused by its rule`(
        name: String, decoder: Decoder, hex: String, rule: RefusalRule?
    ) {
        let message = bytes(hex)
        #expect(decoder.refusal(message) == rule)
        if rule == nil { #expect(throws: Never.self) { try decoder.again(message) == message } }
    }

    @Test func `clocks name each log once, in order, with its tips in order`() {
        let hash = Digest.sha256([1])
        func clock(_ entries: [(UInt64, [UInt64])]) -> RefusalRule? {
            Decoder.clock.refusal(
                cbor { writer in
                    writer.array(count: entries.count)
                    for (incarnation, tips) in entries {
                        writer.array(count: 2)
                        writer.raw(
                            RawSegment.encode(Fixture.log(.province, incarnation: incarnation)))
                        writer.array(count: tips.count)
                        for tip in tips {
                            writer.array(count: 2)
                            writer.unsigned(tip)
                            writer.digest(hash)
                        }
                    }
                })
        }
        #expect(clock([]) == nil)
        #expect(clock([(1, [1]), (2, [1, 2])]) == nil)
        #expect(clock([(2, [1]), (1, [1])]) == .notCanonical)
        #expect(clock([(1, [1]), (1, [1])]) == .notCanonical)
        #expect(clock([(1, [])]) == .malformed)
        #expect(clock([(1, [0])]) == .malformed)
        #expect(clock([(1, [2, 1])]) == .notCanonical)
        #expect(clock([(1, [1, 1])]) == .notCanonical)
        #expect(clock([(1, [Limits.sequenceMax])]) == nil)
        #expect(clock([(1, [Limits.sequenceMax + 1])]) == .tooLarge)
        #expect(clock([(1, Array(1...64))]) == nil)
        #expect(clock([(1, Array(1...65))]) == .tooLarge)
    }
}
