import APIClient
import LogWriting
import Records
import Rehearsal
import SyncCore
import WireFormat

extension BadInput {
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
}
