import APIClient
import LogWriting
import Records
import Rehearsal
import SyncCore
import WireFormat

/// What no good client sends, what it is answered with, and what it leaves behind. To extend it,
/// add a line: the test sends it, and the protocol's chapter of errors gets a row.
extension BadInput {
    private static let day: Int64 = 86_400_000

    /// Who asks, and whether it was really asked so.
    static let signatures: [BadInput] = [
        BadInput("no `CreditSync-Proof`", .problem(401, "signature-missing")) {
            try await $0.sync { $0.proofs = { _ in [] } }
        },
        BadInput("a node that was never registered", .problem(401, "signature-invalid")) {
            try await $0.sync { request in
                request.sender = NodeID("632599-99")!
                request.key = NodeKey()
            }
        },
        BadInput("a node whose registration was withdrawn", .problem(403, "node-revoked")) {
            intruder in
            try await intruder.sync { request in
                request.sender = intruder.former
                request.key = intruder.formerKey
            }
        },
        BadInput("one bit of the body is different", .problem(401, "signature-invalid")) {
            try await $0.sync { request in
                request.signed.body = request.body
                request.body[request.body.count - 1] ^= 1
            }
        },
        BadInput("signed for an empty body", .problem(401, "signature-invalid")) {
            try await $0.sync { $0.signed.body = [] }
        },
        BadInput(
            "signed with another node's key", .problem(401, "signature-invalid")
        ) { try await $0.sync { $0.key = NodeKey() } },
        BadInput("two `CreditSync-Proof` headers", .problem(400, "signature-malformed")) {
            try await $0.sync { $0.proofs = { [$0, $0] } }
        },
        BadInput("a proof of a byte too few", .problem(400, "signature-malformed")) {
            try await $0.sync { $0.proofs = { [$0.dropLast()] } }
        },
        BadInput("301 s behind", .problem(401, "clock")) {
            try await $0.sync { $0.time -= 301_000 }
        },
        BadInput("ten years ahead", .problem(401, "clock")) {
            try await $0.sync { $0.time += 3650 * day }
        },
        BadInput("signed for another run of the hub", .problem(401, "boot")) {
            try await $0.sync { $0.boot ^= 1 }
        },
        BadInput(
            "a nonce that was used before", .problem(401, "replay"),
            after: { _ = try await $0.sync { $0.nonce = [UInt8](1...16) } }
        ) { try await $0.sync { $0.nonce = [UInt8](1...16) } },
        BadInput("signed for GET", .problem(401, "signature-invalid")) {
            try await $0.sync { $0.signed.method = "GET" }
        },
        BadInput("signed for the wake path", .problem(401, "signature-invalid")) {
            try await $0.sync { $0.signed.path = "/sync/v1/wake" }
        },
        BadInput("signed for another hub", .problem(401, "signature-invalid")) {
            try await $0.sync { $0.signed.hub = NodeID("640000-hub")! }
        },
        BadInput("COSE algorithm -7", .problem(401, "signature-algorithm")) {
            try await $0.sync { request in
                // The label 1 and its value -8 (0x27) come first in the protected header.
                request.proofs = { encoded in
                    var changed = encoded
                    let at = changed.indices.first { changed[$0...].starts(with: [0x01, 0x27]) }!
                    changed[at + 1] = 0x26
                    return [changed]
                }
            }
        },
        BadInput("a scope that is not granted", .problem(403, "scope-not-granted")) {
            try await $0.sync(
                MessageCodec.encode(
                    ExchangeRequest(scopes: [
                        ScopeReport(scope: Scope("county/632599")!, digest: .zero)
                    ])))
        },
    ]

    /// How it is sent. What is refused below the router may be a bare status.
    static let http: [BadInput] = [
        BadInput("Content-Length and Transfer-Encoding both", .problem(400, "http-malformed")) {
            intruder in
            let (head, body) = intruder.wire()
            let text = String(decoding: head, as: UTF8.self)
                .replacing("\r\n\r\n", with: "\r\nTransfer-Encoding: chunked\r\n\r\n")
            return try await intruder.talk([.send(Array(text.utf8) + body), .finish])
        },
        BadInput("the body ends in the middle", .problem(400, "cut-short")) { intruder in
            let (head, body) = intruder.wire()
            return try await intruder.talk([.send(head + body.prefix(body.count / 2)), .finish])
        },
        BadInput("a body that ends in the middle", at: .api, .problem(400, "cut-short")) {
            intruder in
            let head =
                "POST /api/v1/records/supplier HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 40"
                + "\r\nCreditSync-User: jb01\r\n\r\n{\"name\""
            return try await intruder.talk([.send(Array(head.utf8)), .finish], toAPI: true)
        },
        BadInput("a body of 8 MiB and a byte", .problem(413, "too-large")) { intruder in
            let (head, _) = intruder.wire([UInt8](repeating: 0, count: Limits.exchangeBytes + 1))
            return try await intruder.talk([.send(head)])
        },
        BadInput("the same in chunks, without its length", .problem(413, "too-large")) { intruder in
            let (head, _) = intruder.wire([])
            let text = String(decoding: head, as: UTF8.self)
                .replacing("Content-Length: 0", with: "Transfer-Encoding: chunked")
            let chunk =
                Array("100000\r\n".utf8) + [UInt8](repeating: 0, count: 1 << 20)
                + Array("\r\n".utf8)
            return try await intruder.talk(
                [.send(Array(text.utf8))] + [Wire.Step](repeating: .send(chunk), count: 9))
        },
        BadInput(
            "a segment that inflates to more than it says", .refusal("malformed"),
            .line("segment refused")
        ) {
            intruder in
            var writer = intruder.writer(17)
            _ = writer.supplier("甲公司")
            return try await intruder.push([bomb(writer.sealed)])
        },
        BadInput("Content-Type text/plain", .problem(415, "media-type")) {
            try await $0.sync { $0.contentType = "text/plain" }
        },
        BadInput("Content-Encoding gzip", .problem(415, "content-encoding")) {
            try await $0.sync { $0.headers.append(("Content-Encoding", "gzip")) }
        },
        BadInput("a header of 33 KiB", .problem(431, "head-too-large")) { intruder in
            let (head, body) = intruder.wire { request in
                request.headers.append(("X-Long", String(repeating: "a", count: 33 * 1024)))
            }
            return try await intruder.talk([.send(head + body)])
        },
        BadInput("101 header fields", .problem(431, "head-too-large")) { intruder in
            let (head, body) = intruder.wire { request in
                request.headers += (1...101).map { ("X-\($0)", "1") }
            }
            return try await intruder.talk([.send(head + body)])
        },
        BadInput("a URL of 5 KiB", .problem(414, "address-too-long")) { intruder in
            let (head, body) = intruder.wire { request in
                request.path += "?" + String(repeating: "a", count: 5 * 1024)
            }
            return try await intruder.talk([.send(head + body)])
        },
        BadInput("TRACE", .problem(405, "method-not-allowed")) {
            try await $0.sync { $0.method = "TRACE" }
        },
        BadInput("an unknown address", .problem(404, "not-found")) {
            try await $0.sync { $0.path = "/sync/v2/exchange" }
        },
        BadInput("a header of one byte a second", .problem(408, "too-slow")) { intruder in
            try await intruder.talk([
                .drip(Array("POST /sync/v1/exchange HTTP/1.1\r\n".utf8), milliseconds: 1000)
            ])
        },
        BadInput("protocol version 2", .problem(426, "unsupported")) { intruder in
            var body = Intruder.message()
            body[2] = 0x02
            return try await intruder.sync(body)
        },
        BadInput("a body that is no CBOR", .problem(400, "malformed")) {
            try await $0.sync(Array("hello".utf8))
        },
    ]

    /// The same segment with a body of a megabyte that claims to be as long as before.
    private static func bomb(_ encoded: [UInt8]) -> [UInt8] {
        var reader = CBORReader(encoded)
        _ = try? reader.array(max: 9)
        for _ in 0..<8 { _ = try? reader.item(depth: 8) }
        var writer = CBORWriter()
        writer.raw(encoded[..<reader.offset])
        writer.byteString(Deflate.compress([UInt8](repeating: 0, count: 1 << 20)))
        return writer.bytes
    }

    private static let suppliers = "/api/v1/records/supplier"

    private static func named(_ name: String) -> String { #"{"name": "\#(name)"}"# }

    /// What the API is given. Numbers are those of the words, not of the wire.
    static let content: [BadInput] = [
        BadInput("JSON 33 levels deep", at: .api, .problem(400, "body-malformed")) {
            try await $0.api(
                "POST", suppliers,
                #"{"name":"# + String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
                    + "}")
        },
        BadInput("a member twice", at: .api, .problem(400, "body-malformed")) {
            try await $0.api("POST", suppliers, #"{"name": "甲", "name": "乙"}"#)
        },
        BadInput("text that is no UTF-8", at: .api, .problem(400, "body-malformed")) {
            try await $0.api(
                "POST", suppliers,
                bytes: Array(#"{"name": ""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8))
        },
        BadInput("half a surrogate pair", at: .api, .problem(400, "body-malformed")) {
            try await $0.api("POST", suppliers, named(#"\ud800"#))
        },
        BadInput("NaN, which is no JSON", at: .api, .problem(400, "body-malformed")) {
            try await $0.api("POST", suppliers, #"{"name": NaN}"#)
        },
        BadInput("1e999", at: .api, .problem(422, "number-out-of-range")) {
            try await $0.api("POST", suppliers, #"{"name": 1e999}"#)
        },
        BadInput("2^63", at: .api, .problem(422, "number-out-of-range")) {
            try await $0.api("POST", suppliers, #"{"name": 9223372036854775808}"#)
        },
        BadInput("NUL in a name", at: .api, .problem(422, "invalid-fields")) {
            try await $0.api("POST", suppliers, named(#"甲\u0000公司"#))
        },
        BadInput(
            "a character that turns text around, in a name", at: .api,
            .problem(422, "invalid-fields")
        ) {
            try await $0.api("POST", suppliers, named(#"甲\u202e公司"#))
        },
        BadInput("a segment of 513 changes", .refusal("too-large"), .line("segment refused")) {
            intruder in
            var writer = intruder.writer(29, .events)
            for index in 1...512 { _ = writer.supplier("第\(index)") }
            return try await intruder.push([counted(writer.sealed, 513)])
        },
        BadInput("a clock of 16,385 logs", .problem(413, "too-large")) { intruder in
            let clock = VectorClock(
                (1...UInt64(Limits.clockEntries + 1)).map { incarnation in
                    VectorClock.Entry(
                        log: intruder.writer(incarnation).log, tips: [Tip(sequence: 1, hash: .zero)]
                    )
                })
            return try await intruder.sync(Intruder.message(clock: clock))
        },
        BadInput("a record of an unknown type", .served(200), .stored(line: nil)) {
            intruder in
            var writer = intruder.writer(31)
            writer.add(.creates(type: "weighbridge"), [(11, [], [0xA0])])
            return try await intruder.push([writer.sealed])
        },
        BadInput("`limit=-1`", at: .api, .problem(400, "limit-invalid")) {
            try await $0.api("GET", suppliers + "?limit=-1")
        },
        BadInput("`limit=1000000000`", at: .api, .problem(400, "limit-invalid")) {
            try await $0.api("GET", suppliers + "?limit=1000000000")
        },
        BadInput("SQL in a search: no rows", at: .api, .served(200), .none) {
            try await $0.api("GET", suppliers + "?q=%27%20OR%201%3D1--")
        },
        BadInput("a cursor that no page gave", at: .api, .problem(400, "cursor-invalid")) {
            try await $0.api("GET", suppliers + "?cursor=abc")
        },
        BadInput("an edit of a record that is never edited", at: .api, .problem(422, "insert-only"))
        {
            intruder in
            let path = "/api/v1/records/serviceLog/\(ShortID(intruder.serviceLog))"
            let token = try await intruder.hub.get(path).token ?? ""
            return try await intruder.api(
                "PATCH", path, #"{"result": "改"}"#, headers: [("If-Match", token)])
        },
        BadInput("line ends in an address, which is logged", at: .api, .problem(404, "not-found")) {
            try await $0.api(
                "GET", "/api/v1/x%0d%0a2026-11-21T00:00:00Z%20notice%20all%20is%20well")
        },
    ]

    private static func counted(_ encoded: [UInt8], _ count: UInt64) -> [UInt8] {
        var reader = CBORReader(encoded)
        _ = try? reader.array(max: 9)
        for _ in 0..<6 { _ = try? reader.item(depth: 8) }
        let start = reader.offset
        _ = try? reader.item(depth: 8)
        var writer = CBORWriter()
        writer.raw(encoded[..<start])
        writer.unsigned(count)
        writer.raw(encoded[reader.offset...])
        return writer.bytes
    }

    /// What a node that is registered pushes.
    static let segments: [BadInput] = [
        BadInput(
            "a segment signed with another key", .refusal("bad-signature"),
            .line("segment refused")
        ) {
            intruder in
            var writer = intruder.writer(34)
            _ = writer.supplier("甲公司")
            return try await intruder.push([writer.seal(1...1, by: NodeKey())])
        },
        BadInput(
            "the hash before the first change is another", .refusal("gap"),
            .line("segment refused"), after: { _ = try await $0.push([one("甲公司", in: 35, of: $0)]) }
        ) { intruder in
            var writer = intruder.writer(35)
            for name in ["乙公司", "丙公司"] { _ = writer.supplier(name) }
            return try await intruder.push([writer.seal(2...2)])
        },
        BadInput("a sequence is left out", .refusal("gap"), .line("segment refused")) {
            intruder in
            var writer = intruder.writer(36)
            for name in ["甲公司", "乙公司"] { _ = writer.supplier(name) }
            return try await intruder.push([writer.seal(2...2)])
        },
        BadInput(
            "another change at a sequence that is stored: a fork, kept", .served(200),
            .stored(line: "log forked"),
            after: { _ = try await $0.push([one("甲公司", in: 37, of: $0)]) }
        ) { try await $0.push([one("乙公司", in: 37, of: $0)]) },
        BadInput(
            "the same segment again", .served(200), .none,
            after: { _ = try await $0.push([one("甲公司", in: 38, of: $0)]) }
        ) { try await $0.push([one("甲公司", in: 38, of: $0)]) },
    ]

    /// A log of one change.
    private static func one(
        _ name: String, in incarnation: UInt64, of intruder: Intruder
    ) -> [UInt8] {
        var writer = intruder.writer(incarnation)
        _ = writer.supplier(name)
        return writer.sealed
    }

    /// At a hub that has no room, or whose database somebody else holds.
    static let storage: [BadInput] = [
        BadInput("a segment while the disk is almost full", .problem(507, "disk-floor")) {
            intruder in
            var writer = intruder.writer(43)
            _ = writer.supplier("甲公司")
            return try await intruder.push([writer.sealed])
        },
        BadInput("a request without segments while the disk is almost full", .served(200), .none) {
            try await $0.sync()
        },
        BadInput(
            "a new record while the disk is almost full", at: .api, .problem(507, "disk-floor")
        ) {
            try await $0.api("POST", "/api/v1/records/supplier", #"{"name": "甲公司"}"#)
        },
    ]

    static let locked = BadInput(
        "a segment while another program holds the database", .problem(503, "busy"),
        .line("request refused")
    ) { intruder in
        var writer = intruder.writer(44)
        _ = writer.supplier("甲公司")
        return try await intruder.push([writer.sealed])
    }
}
