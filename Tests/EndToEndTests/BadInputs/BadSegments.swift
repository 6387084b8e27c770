import APIClient
import LogWriting
import Records
import Rehearsal
import SyncCore

extension BadInput {
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
