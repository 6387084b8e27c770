import SyncCore
import WireFormat

/// Random but valid parts of messages.
extension SplitMix64 {
    mutating func text(max: Int) -> String {
        let pool = Array("abcXYZ019 \"\\\n\u{7F}é中文𐅑\u{301}")
        return String((0..<below(max + 1)).map { _ in pool[below(pool.count)] })
    }

    mutating func code(max: Int) -> String {
        let pool = Array("abcdefghijklmnopqrstuvwxyz0123456789-")
        return String((0...below(max)).map { _ in pool[below(pool.count)] })
    }

    /// Every length of a head is as likely as any other.
    mutating func number() -> UInt64 { next() >> UInt64(below(64)) }
    mutating func signed() -> Int64 { Int64(bitPattern: next()) >> Int64(below(64)) }

    mutating func scope() -> Scope { oneIn(2) ? .province : .county(UInt32(below(1_000_000))) }

    mutating func log(in scope: Scope? = nil) -> LogID {
        LogID(
            node: NodeID(code(max: 15))!, incarnation: number(), scope: scope ?? self.scope(),
            lane: Lane.allCases[below(3)])
    }

    mutating func sequence() -> UInt64 { max(1, number() & Limits.sequenceMax) }
    mutating func digest() -> Digest { Digest(words: (next(), next(), next(), next())) }

    mutating func reference(in scope: Scope? = nil) -> Reference {
        Reference(log: log(in: scope), sequence: sequence(), prefix: number())
    }

    /// From a pool, so that a header names some of them more than once.
    mutating func references(_ pool: [Reference], least: Int = 0) -> [Reference] {
        Array(pool.shuffled(using: &self).prefix(least + below(pool.count - least + 1)))
    }

    mutating func groups(_ pool: [Reference], replacing: Bool) -> [GroupEdit] {
        var ids: Set<GroupID> = []
        for _ in 0...below(4) { ids.insert(GroupID(1 + number() % 0xFFFF_FFFE)) }
        return ids.sorted().map { group in
            GroupEdit(group: group, replaces: replacing ? references(pool) : [])
        }
    }

    mutating func header(in scope: Scope) -> ChangeHeader {
        let pool = (0..<(2 + below(4))).map { _ in reference(in: scope) }
        let author = code(max: Limits.authorBytes)
        let record = RecordKey.of(pool[0])
        switch below(6) {
        case 0:
            return ChangeHeader(
                kind: .edit, record: .creates(type: "t" + text(max: 5)),
                groups: groups(pool, replacing: false), author: author, claimedTime: signed())
        case 1, 2:
            return ChangeHeader(
                kind: oneIn(2) ? .edit : .decision, record: record, parents: references(pool),
                groups: groups(pool, replacing: true), author: author, claimedTime: signed())
        case 3:
            return ChangeHeader(
                kind: .join, record: record, parents: references(pool, least: 2), author: author,
                claimedTime: signed())
        case 4:
            return ChangeHeader(
                kind: .verdict, record: record,
                groups: [GroupEdit(group: ReservedGroup.verdict, replaces: references(pool))],
                target: pool[1], author: author, claimedTime: signed())
        default:
            return ChangeHeader(
                kind: .void, record: record, target: pool[1], author: author, claimedTime: signed())
        }
    }

    mutating func value(depth: Int) -> Value {
        switch below(depth > 0 ? 7 : 5) {
        case 0: .null
        case 1: .bool(oneIn(2))
        case 2: .integer(signed())
        case 3: .text(text(max: 40))
        case 4: .bytes(bytes(below(40)))
        case 5: .list((0..<below(5)).map { _ in value(depth: depth - 1) })
        default: .map(entries(depth: depth - 1))
        }
    }

    mutating func entries(depth: Int) -> [Value.Entry] {
        var keys: Set<Int64> = []
        for _ in 0..<below(5) { keys.insert(signed()) }
        return keys.sorted().map { Value.Entry($0, value(depth: depth)) }
    }

    mutating func payload(for header: ChangeHeader) -> Payload {
        Payload(
            schemaVersion: UInt32(truncatingIfNeeded: number()),
            values: header.groups.map { edit in
                let value =
                    header.kind == .verdict
                    ? (oneIn(2) ? VerdictValue.hold : VerdictValue.release)
                    : ValueCodec.encode(group: entries(depth: 4))
                return GroupValue(group: edit.group, bytes: value)
            }, reason: oneIn(2) ? text(max: 20) : nil)
    }

    mutating func author(_ count: Int) -> Author {
        var author = Author(log: log())
        for _ in 0..<count {
            let header = header(in: author.log.scope)
            author.append(header, payload(for: header))
        }
        return author
    }

    mutating func clock() -> VectorClock {
        let logs = Set((0..<below(6)).map { _ in log() })
        return VectorClock(
            logs.sorted().map { log in
                let tips = Set(
                    (0...below(3)).map { _ in Tip(sequence: sequence(), hash: digest()) })
                return VectorClock.Entry(log: log, tips: Array(tips))
            })
    }

    mutating func reports(clocks: Bool = true) -> [ScopeReport] {
        Set((0..<below(5)).map { _ in scope() }).sorted().map { scope in
            ScopeReport(
                scope: scope, digest: digest(), clock: clocks && oneIn(2) ? clock() : nil)
        }
    }

    mutating func few<Element>(_ make: (inout SplitMix64) -> Element) -> [Element] {
        (0..<(oneIn(2) ? 0 : below(6))).map { _ in make(&self) }
    }

    mutating func receipt() -> Receipt {
        Receipt(log: log(), sequence: sequence(), hash: digest(), signature: bytes(64))
    }

    mutating func refusal() -> Refusal {
        Refusal(
            RefusalRule.allCases[below(RefusalRule.allCases.count)], log: oneIn(2) ? nil : log(),
            firstSequence: number() & Limits.sequenceMax, position: below(Limits.exchangeBytes))
    }

    mutating func request() -> ExchangeRequest {
        ExchangeRequest(
            scopes: reports(), marks: few { $0.reference() },
            receiptsWanted: few { $0.reference() },
            answerBudgetBytes: below(Limits.answerBudgetBytes + 1),
            segments: few { $0.bytes($0.below(300)) })
    }

    mutating func answer() -> ExchangeAnswer {
        ExchangeAnswer(
            scopes: reports(), receipts: few { $0.receipt() },
            confirmedMarks: few { $0.reference() }, refusals: few { $0.refusal() },
            wanted: few { $0.reference() }, hasMore: oneIn(2),
            segments: few { $0.bytes($0.below(300)) })
    }

    mutating func proof() -> MessageProof {
        MessageProof.sign(
            .request(method: "POST", path: "/v1/exchange", body: digest()),
            sender: NodeID(code(max: 15))!, peer: Fixture.hub, time: signed(), nonce: bytes(16),
            boot: number(), key: Fixture.nodeKey)
    }
}
