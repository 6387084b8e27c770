import SyncCore

/// Messages of the exchange: a CBOR sequence of one map, then one byte string for each segment.
/// Keys of empty lists are left out, so there is one encoding for each message.
public enum MessageCodec {
    public static let protocolVersion: UInt64 = 1

    private enum Key {
        static let version: UInt64 = 0
        static let scopes: UInt64 = 1
        static let marks: UInt64 = 2
        static let receiptsWanted: UInt64 = 3
        static let answerBudget: UInt64 = 4
        static let receipts: UInt64 = 5
        static let refusals: UInt64 = 6
        static let wanted: UInt64 = 7
        static let hasMore: UInt64 = 8
        static let deferred: UInt64 = 9
    }

    // MARK: Exchange

    public static func encode(_ request: ExchangeRequest) -> [UInt8] {
        var head = HeadWriter()
        head.field(Key.scopes) { reports(request.scopes, to: &$0) }
        head.references(Key.marks, request.marks)
        head.references(Key.receiptsWanted, request.receiptsWanted)
        head.field(Key.answerBudget) { $0.unsigned(UInt64(request.answerBudgetBytes)) }
        head.list(Key.deferred, request.deferred, NameCodec.write)
        return head.finish(segments: request.segments)
    }

    public static func decodeRequest(_ bytes: [UInt8]) throws(WireError) -> ExchangeRequest {
        var reader = CBORReader(bytes)
        var request = ExchangeRequest(scopes: [], answerBudgetBytes: 0)
        var hasBudget = false
        try fields(&reader) { (key, reader, offset) throws(WireError) in
            switch key {
            case Key.scopes: request.scopes = try reports(&reader)
            case Key.marks: request.marks = try lookups(&reader)
            case Key.receiptsWanted: request.receiptsWanted = try lookups(&reader)
            case Key.answerBudget:
                request.answerBudgetBytes = Int(
                    try reader.unsigned(max: UInt64(Limits.answerBudgetBytes)))
                hasBudget = true
            case Key.deferred:
                request.deferred = try nonEmptyList(&reader, NameCodec.log)
                for (a, b) in zip(request.deferred, request.deferred.dropFirst()) where a >= b {
                    throw WireError(.notCanonical, at: offset)
                }
            default: throw WireError(.unsupported, at: offset)
            }
        }
        // Left out and 0 would be two encodings of one request.
        guard hasBudget else { throw reader.fail(.malformed) }
        request.segments = try segments(&reader)
        return request
    }

    public static func encode(_ answer: ExchangeAnswer) -> [UInt8] {
        var head = HeadWriter()
        head.field(Key.scopes) { reports(answer.scopes, to: &$0) }
        head.references(Key.marks, answer.confirmedMarks)
        head.list(Key.receipts, answer.receipts, ReceiptCodec.write)
        head.list(Key.refusals, answer.refusals, write)
        head.references(Key.wanted, answer.wanted)
        if answer.hasMore { head.field(Key.hasMore) { $0.bool(true) } }
        return head.finish(segments: answer.segments)
    }

    public static func decodeAnswer(_ bytes: [UInt8]) throws(WireError) -> ExchangeAnswer {
        var reader = CBORReader(bytes)
        var answer = ExchangeAnswer(scopes: [])
        try fields(&reader) { (key, reader, offset) throws(WireError) in
            switch key {
            case Key.scopes: answer.scopes = try reports(&reader)
            case Key.marks: answer.confirmedMarks = try lookups(&reader)
            case Key.receipts: answer.receipts = try nonEmptyList(&reader, ReceiptCodec.read)
            case Key.refusals: answer.refusals = try nonEmptyList(&reader, refusal)
            case Key.wanted: answer.wanted = try nonEmptyList(&reader, NameCodec.reference)
            case Key.hasMore:
                guard try reader.bool() else { throw WireError(.notCanonical, at: offset) }
                answer.hasMore = true
            default: throw WireError(.unsupported, at: offset)
            }
        }
        answer.segments = try segments(&reader)
        return answer
    }

    // MARK: Wake

    public static func encode(_ request: WakeRequest) -> [UInt8] { encodeWake(request.scopes) }
    public static func encode(_ answer: WakeAnswer) -> [UInt8] { encodeWake(answer.scopes) }

    public static func decodeWakeRequest(_ bytes: [UInt8]) throws(WireError) -> WakeRequest {
        WakeRequest(scopes: try decodeWake(bytes))
    }

    public static func decodeWakeAnswer(_ bytes: [UInt8]) throws(WireError) -> WakeAnswer {
        WakeAnswer(scopes: try decodeWake(bytes))
    }

    /// Question and answer have one form.
    private static func encodeWake(_ scopes: [ScopeReport]) -> [UInt8] {
        var head = HeadWriter()
        head.field(Key.scopes) { reports(scopes, to: &$0) }
        return head.finish(segments: [])
    }

    private static func decodeWake(_ bytes: [UInt8]) throws(WireError) -> [ScopeReport] {
        var reader = CBORReader(bytes)
        var scopes: [ScopeReport] = []
        try fields(&reader) { (key, reader, offset) throws(WireError) in
            guard key == Key.scopes else { throw WireError(.unsupported, at: offset) }
            scopes = try reports(&reader)
            // Digests are enough to tell that there is news.
            guard scopes.allSatisfy({ $0.clock == nil }) else {
                throw WireError(.malformed, at: offset)
            }
        }
        try reader.expectEnd()
        return scopes
    }

    // MARK: Parts

    private static func fields(
        _ reader: inout CBORReader,
        _ read: (UInt64, inout CBORReader, Int) throws(WireError) -> Void
    ) throws(WireError) {
        let count = try reader.map(max: 16)
        var last: UInt64?
        guard count >= 2, try reader.key(after: &last) == Key.version else {
            throw reader.fail(.malformed)
        }
        guard try reader.unsigned() == protocolVersion else { throw reader.fail(.unsupported) }
        for index in 1..<count {
            let offset = reader.offset
            let key = try reader.key(after: &last)
            // Every message names its scopes, and they come first.
            guard index > 1 || key == Key.scopes else { throw WireError(.malformed, at: offset) }
            try read(key, &reader, offset)
        }
    }

    private static func segments(_ reader: inout CBORReader) throws(WireError) -> [[UInt8]] {
        var segments: [[UInt8]] = []
        while !reader.isAtEnd {
            guard segments.count < Limits.segmentsPerMessage else { throw reader.fail(.tooLarge) }
            segments.append(try reader.byteString(max: Limits.encodedSegmentBytes))
        }
        return segments
    }

    private static func reports(_ reports: [ScopeReport], to writer: inout CBORWriter) {
        writer.array(count: reports.count)
        for report in reports.sorted(by: { $0.scope < $1.scope }) {
            writer.array(count: report.clock == nil ? 2 : 3)
            writer.text(report.scope.description)
            writer.digest(report.digest)
            if let clock = report.clock { NameCodec.write(clock, to: &writer) }
        }
    }

    private static func reports(_ reader: inout CBORReader) throws(WireError) -> [ScopeReport] {
        var reports: [ScopeReport] = []
        for _ in 0..<(try reader.array(max: Limits.scopesPerExchange)) {
            let start = reader.offset
            let count = try reader.array(max: 3)
            guard count >= 2 else { throw WireError(.malformed, at: start) }
            let scope = try NameCodec.scope(&reader)
            if let last = reports.last, last.scope >= scope {
                throw WireError(.notCanonical, at: start)
            }
            let digest = try reader.digest()
            let clock = count == 3 ? try NameCodec.clock(&reader) : nil
            reports.append(ScopeReport(scope: scope, digest: digest, clock: clock))
        }
        return reports
    }

    /// References that the other side looks up, one by one.
    private static func lookups(_ reader: inout CBORReader) throws(WireError) -> [Reference] {
        try nonEmptyList(&reader, max: Limits.lookupsPerExchange, NameCodec.reference)
    }

    private static func nonEmptyList<Element>(
        _ reader: inout CBORReader, max: Int = Limits.referencesPerMessage,
        _ read: (inout CBORReader) throws(WireError) -> Element
    ) throws(WireError) -> [Element] {
        let start = reader.offset
        let count = try reader.array(max: max)
        guard count > 0 else { throw WireError(.notCanonical, at: start) }
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try read(&reader)) }
        return elements
    }

    /// `[rule, log or null, first sequence, position]`
    private static func write(_ refusal: Refusal, to writer: inout CBORWriter) {
        writer.array(count: 4)
        writer.unsigned(UInt64(refusal.rule.rawValue))
        if let log = refusal.log { NameCodec.write(log, to: &writer) } else { writer.null() }
        writer.unsigned(refusal.firstSequence)
        writer.unsigned(UInt64(refusal.position))
    }

    private static func refusal(_ reader: inout CBORReader) throws(WireError) -> Refusal {
        let start = reader.offset
        guard try reader.array(max: 4) == 4,
            let rule = RefusalRule(rawValue: UInt8(try reader.unsigned(max: 255)))
        else { throw WireError(.malformed, at: start) }
        let log = reader.null() ? nil : try NameCodec.log(&reader)
        let firstSequence = try reader.unsigned(max: Limits.sequenceMax)
        let position = Int(try reader.unsigned(max: UInt64(Limits.exchangeBytes)))
        return Refusal(rule, log: log, firstSequence: firstSequence, position: position)
    }
}

/// Collects the fields of a message's first item; the version always comes first.
private struct HeadWriter {
    private var count = 1
    private var fields = CBORWriter()

    mutating func field(_ key: UInt64, _ write: (inout CBORWriter) -> Void) {
        count += 1
        fields.unsigned(key)
        write(&fields)
    }

    mutating func references(_ key: UInt64, _ references: [Reference]) {
        list(key, references, NameCodec.write)
    }

    mutating func list<Element>(
        _ key: UInt64, _ elements: [Element], _ write: (Element, inout CBORWriter) -> Void
    ) {
        guard !elements.isEmpty else { return }
        field(key) { writer in
            writer.array(count: elements.count)
            for element in elements { write(element, &writer) }
        }
    }

    func finish(segments: [[UInt8]]) -> [UInt8] {
        var writer = CBORWriter(
            reservingBytes: fields.bytes.count + segments.reduce(8) { $0 + $1.count + 5 })
        writer.map(count: count)
        writer.unsigned(0)
        writer.unsigned(MessageCodec.protocolVersion)
        writer.raw(fields.bytes)
        for segment in segments { writer.byteString(segment) }
        return writer.bytes
    }
}
