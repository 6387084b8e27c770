import APIClient
import LogWriting
import Records
import Rehearsal
import SyncCore
import WireFormat

extension BadInput {
    /// How it is sent. What is refused below the router may be a bare status.
    static let http: [BadInput] = [
        BadInput("Content-Length and Transfer-Encoding both", .closed([400])) { intruder in
            let (head, body) = intruder.wire()
            let text = String(decoding: head, as: UTF8.self)
                .replacing("\r\n\r\n", with: "\r\nTransfer-Encoding: chunked\r\n\r\n")
            return try await intruder.talk([.send(Array(text.utf8) + body), .finish])
        },
        BadInput("the body ends in the middle", .closed([400])) { intruder in
            let (head, body) = intruder.wire()
            return try await intruder.talk([.send(head + body.prefix(body.count / 2)), .finish])
        },
        BadInput("a body that ends in the middle", at: .api, .closed([400])) { intruder in
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
        BadInput("a header of 33 KiB", .closed([431])) { intruder in
            let (head, body) = intruder.wire { request in
                request.headers.append(("X-Long", String(repeating: "a", count: 33 * 1024)))
            }
            return try await intruder.talk([.send(head + body)])
        },
        BadInput("101 header fields", .closed([431])) { intruder in
            let (head, body) = intruder.wire { request in
                request.headers += (1...101).map { ("X-\($0)", "1") }
            }
            return try await intruder.talk([.send(head + body)])
        },
        BadInput("a URL of 5 KiB", .closed([414])) { intruder in
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
        BadInput("a header of one byte a second", .closed([408])) { intruder in
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
}
