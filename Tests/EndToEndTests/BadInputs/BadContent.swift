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
        BadInput("24", "JSON 33 levels deep", .problem(400, "body-malformed")) {
            try await $0.api(
                "POST", suppliers,
                #"{"name":"# + String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
                    + "}")
        },
        BadInput("25", "a member twice", .problem(400, "body-malformed")) {
            try await $0.api("POST", suppliers, #"{"name": "甲", "name": "乙"}"#)
        },
        BadInput("26", "text that is no UTF-8", .problem(400, "body-malformed")) {
            try await $0.api(
                "POST", suppliers,
                bytes: Array(#"{"name": ""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8))
        },
        BadInput("26a", "half a surrogate pair", .problem(400, "body-malformed")) {
            try await $0.api("POST", suppliers, named(#"\ud800"#))
        },
        BadInput("27", "NaN, which is no JSON", .problem(400, "body-malformed")) {
            try await $0.api("POST", suppliers, #"{"name": NaN}"#)
        },
        BadInput("27a", "1e999", .problem(422, "number-out-of-range")) {
            try await $0.api("POST", suppliers, #"{"name": 1e999}"#)
        },
        BadInput("27b", "2^63", .problem(422, "number-out-of-range")) {
            try await $0.api("POST", suppliers, #"{"name": 9223372036854775808}"#)
        },
        BadInput("28", "NUL in a name", .problem(422, "invalid-fields")) {
            try await $0.api("POST", suppliers, named(#"甲\u0000公司"#))
        },
        BadInput(
            "28a", "a character that turns text around, in a name", .problem(422, "invalid-fields")
        ) {
            try await $0.api("POST", suppliers, named(#"甲\u202e公司"#))
        },
        BadInput("29", "a segment of 513 changes", .refusal("too-large"), .line("segment refused"))
        { intruder in
            var writer = intruder.writer(29, .events)
            for index in 1...512 { _ = writer.supplier("第\(index)") }
            return try await intruder.push([counted(writer.sealed, 513)])
        },
        BadInput("30", "a clock of 16,385 logs", .problem(413, "too-large")) { intruder in
            let clock = VectorClock(
                (1...UInt64(Limits.clockEntries + 1)).map { incarnation in
                    VectorClock.Entry(
                        log: intruder.writer(incarnation).log, tips: [Tip(sequence: 1, hash: .zero)]
                    )
                })
            return try await intruder.sync(Intruder.message(clock: clock))
        },
        BadInput("31", "a record of an unknown type", .served(200), .stored(line: nil)) {
            intruder in
            var writer = intruder.writer(31)
            writer.add(.creates(type: "weighbridge"), [(11, [], [0xA0])])
            return try await intruder.push([writer.sealed])
        },
        BadInput("32", "`limit=-1`", .problem(400, "limit-invalid")) {
            try await $0.api("GET", suppliers + "?limit=-1")
        },
        BadInput("32a", "`limit=1000000000`", .problem(400, "limit-invalid")) {
            try await $0.api("GET", suppliers + "?limit=1000000000")
        },
        BadInput("33", "SQL in a search: no rows", .served(200), .none) {
            try await $0.api("GET", suppliers + "?q=%27%20OR%201%3D1--")
        },
        BadInput("41", "a cursor that no page gave", .problem(400, "cursor-invalid")) {
            try await $0.api("GET", suppliers + "?cursor=abc")
        },
        BadInput("42", "an edit of a record that is never edited", .problem(422, "insert-only")) {
            intruder in
            let path = "/api/v1/records/serviceLog/\(ShortID(intruder.serviceLog))"
            let token = try await intruder.hub.get(path).token ?? ""
            return try await intruder.api(
                "PATCH", path, #"{"result": "改"}"#, headers: [("If-Match", token)])
        },
        BadInput("61", "line ends in an address, which is logged", .problem(404, "not-found")) {
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
