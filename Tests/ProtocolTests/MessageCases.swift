import LogWriting
import Records
import SyncCore
import WireFormat

extension Vector {
    private static func message(
        _ rule: String, _ name: String, _ title: String, _ bytes: [UInt8],
        as form: String = "exchange-request",
        _ error: String? = nil
    ) -> Vector {
        let settings: [String: JSON] = ["as": .string(form)]
        guard let error else {
            return .accept(.decode, rule, name, title, bytes, settings, ["accepted": true])
        }
        return .refuse(.decode, rule, name, title, bytes, settings, ["error": .string(error)])
    }

    private static let digest = "5820" + String(repeating: "11", count: 32)
    private static let province = "68 70726f76696e6365"
    private static let county = "6d 636f756e74792f363332353231"
    private static func hex(_ text: String) -> [UInt8] { [UInt8](hex: text) }
    private static let reference = Reference(
        log: Cast.log(Cast.first), sequence: 3, prefix: 0x0102_0304_0506_0708
    ).encoded.hex
    private static let log = Cast.log(Cast.first).encoded.hex
    private static let laterLog = Cast.log(Cast.second).encoded.hex

    private static func refusal(_ rule: String) -> [UInt8] {
        hex("a3 0001 0180 06 81 84" + rule + "f6 00 00")
    }

    static let messageCases: [Vector] = [
        message("X1", "least-request", "version, no scopes, budget 0", hex("a3 0001 0180 0400")),
        message(
            "X1", "two-scopes", "two scopes, one with an empty clock",
            hex("a3 0001 01 82 82" + province + digest + "83" + county + digest + "80 0400")),
        message("X1", "no-version", "no version", hex("a2 0180 0400"), "malformed"),
        message("X1", "no-scopes", "no scopes", hex("a2 0001 0400"), "malformed"),
        message(
            "X1", "scopes-descending", "a county before the province",
            hex("a3 0001 01 82 82" + county + digest + "82" + province + digest + "0400"),
            "not-canonical"),
        message(
            "X1", "scope-twice", "one scope twice",
            hex("a3 0001 01 82 82" + province + digest + "82" + province + digest + "0400"),
            "not-canonical"),
        message(
            "X1", "answer-key", "a key of answers in a request",
            hex("a4 0001 0180 0400 0781" + reference), "unsupported"),
        message("X2", "greatest-budget", "a budget of 4 MiB", hex("a3 0001 0180 041a00400000")),
        message("X2", "no-budget", "no budget", hex("a2 0001 0180"), "malformed"),
        message(
            "X2", "budget-too-large", "a budget of 4 MiB and one byte",
            hex("a3 0001 0180 041a00400001"), "too-large"),
        message(
            "X3", "lists", "marks, receipts wanted, deferred logs",
            hex("a6 0001 0180 0281" + reference + "0381" + reference + "0400 0982" + log + laterLog)
        ),
        message(
            "X3", "more", "an answer that says that there is more", hex("a3 0001 0180 08f5"),
            as: "exchange-answer"),
        message(
            "X3", "not-more", "an answer that says that there is no more", hex("a3 0001 0180 08f4"),
            as: "exchange-answer", "not-canonical"),
        message("X3", "most-marks", "64 marks", marks(64)),
        message("X3", "too-many-marks", "65 marks", marks(65), as: "exchange-request", "too-large"),
        message(
            "X3", "empty-marks", "an empty list of marks", hex("a4 0001 0180 0280 0400"),
            "not-canonical"),
        message(
            "X3", "deferred-descending", "deferred logs in descending order",
            hex("a4 0001 0180 0400 0982" + laterLog + log), "not-canonical"),
        message(
            "X4", "refusal", "rule 7 at a log", hex("a3 0001 0180 06 81 84 07" + log + "05 00"),
            as: "exchange-answer"),
        message("X4", "log-unknown", "rule 1 without a log", refusal("01"), as: "exchange-answer"),
        message("X4", "rule-zero", "rule 0", refusal("00"), as: "exchange-answer", "malformed"),
        message("X4", "rule-ten", "rule 10", refusal("0a"), as: "exchange-answer", "malformed"),
        message(
            "X5", "answer", "an answer with a clock, a receipt and what is wanted", answer,
            as: "exchange-answer"),
        message(
            "X5", "answer-without-digest", "a scope without digest in an answer",
            hex("a2 0001 0181 81" + province), as: "exchange-answer", "malformed"),
        message(
            "X6", "wake", "one scope and its digest", hex("a2 0001 0181 82" + province + digest),
            as: "wake"),
        message(
            "X6", "wake-with-clock", "a clock in a wake message",
            hex("a2 0001 0181 83" + province + digest + "80"), as: "wake", "malformed"),
        message(
            "X6", "wake-with-budget", "a budget in a wake message", hex("a3 0001 0180 0400"),
            as: "wake", "unsupported"),
        message(
            "X6", "wake-with-segment", "a byte string after a wake message",
            hex("a2 0001 0180 4100"), as: "wake", "malformed"),
        message("V1", "version-1", "version 1 with one segment", hex("a3 0001 0180 0400 4100")),
        message("V1", "version-2", "version 2", hex("a3 0002 0180 0400"), "unsupported"),
        message(
            "V2", "all-known", "every key that requests have",
            hex("a6 0001 0180 0281" + reference + "0381" + reference + "0400 0981" + log)),
        message("V2", "unknown-key", "key 10", hex("a4 0001 0180 0400 0a00"), "unsupported"),
    ]

    private static func marks(_ count: Int) -> [UInt8] {
        let references = (1...UInt64(count)).map { sequence in
            Reference(log: Cast.log(Cast.first, sequence), sequence: 1, prefix: 1)
        }
        return MessageCodec.encode(
            ExchangeRequest(scopes: [], marks: references, answerBudgetBytes: 0))
    }

    private static let answer: [UInt8] = {
        let log = Cast.log(Cast.first)
        let hash = Digest.sha256([1])
        return MessageCodec.encode(
            ExchangeAnswer(
                scopes: [
                    ScopeReport(
                        scope: .province, digest: .sha256([2]),
                        clock: VectorClock([
                            VectorClock.Entry(log: log, tips: [Tip(sequence: 3, hash: hash)])
                        ]))
                ],
                receipts: [ReceiptCodec.issue(log: log, sequence: 3, hash: hash, key: Cast.hubKey)],
                wanted: [Reference(log: log, sequence: 9, prefix: 1)]))
    }()
}
