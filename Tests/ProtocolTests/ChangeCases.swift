import LogWriting
import Records
import SyncCore
import WireFormat

/// A header with its parts open to tampering: fields by key, each an encoded item.
private struct Raw {
    var fields: [UInt64: [UInt8]]

    /// An edit of a record: reference 0 is the record, 1 a second change of it.
    static let edit = Raw(fields: [
        0: [0x01], 2: table([1, 2]), 3: [0x00], 4: [0x81, 0x01], 5: [UInt8](hex: "a1 0a 8101"),
        8: cbor { $0.text("zhang.san") }, 10: [0x00],
    ])
    static let creation = edit.with([
        1: cbor { $0.text("supplier") }, 2: nil, 3: nil, 4: nil, 5: [UInt8](hex: "a1 0a 80"),
    ])
    static let join = edit.with([0: [0x03], 5: nil])
    static let verdict = edit.with([0: [0x04], 4: nil, 5: [UInt8](hex: "a1 00 80"), 6: [0x01]])
    static let void = edit.with([0: [0x05], 4: nil, 5: nil, 6: [0x01]])

    static func table(_ sequences: [UInt64]) -> [UInt8] {
        cbor { writer in
            writer.array(count: sequences.count)
            for sequence in sequences {
                NameCodec.write(
                    Reference(log: Cast.log(Cast.first), sequence: sequence, prefix: sequence),
                    to: &writer)
            }
        }
    }

    func with(_ changes: [UInt64: [UInt8]?]) -> Raw {
        var raw = self
        for (key, item) in changes { raw.fields[key] = item }
        return raw
    }

    var bytes: [UInt8] {
        cbor { writer in
            writer.map(count: fields.count)
            for (key, item) in fields.sorted(by: { $0.key < $1.key }) {
                writer.unsigned(key)
                writer.raw(item)
            }
        }
    }

    /// Header and payload as they stand in a segment.
    func change(_ payload: String) -> [UInt8] { change([UInt8](hex: payload)) }
    func change(_ payload: [UInt8]) -> [UInt8] { bytes + cbor { $0.byteString(payload) } }
}

extension Vector {
    private static func header(
        _ rule: String, _ name: String, _ title: String, _ raw: Raw, _ error: String? = nil
    ) -> Vector {
        change(rule, name, title, raw.bytes, as: "header", error)
    }

    private static func change(
        _ rule: String, _ name: String, _ title: String, _ bytes: [UInt8],
        as form: String = "change",
        _ error: String? = nil
    ) -> Vector {
        let settings: [String: JSON] = ["as": .string(form)]
        guard let error else {
            return .accept(.decode, rule, name, title, bytes, settings, ["accepted": true])
        }
        return .refuse(.decode, rule, name, title, bytes, settings, ["error": .string(error)])
    }

    static let changeCases: [Vector] = [
        header("C1", "edit", "kind 1", .edit),
        header("C1", "erasure", "kind 6", .edit.with([0: [0x06]]), "unsupported"),
        header("C1", "unknown-kind", "kind 7", .edit.with([0: [0x07]]), "unsupported"),
        header("C1", "no-kind", "no kind", .edit.with([0: nil]), "malformed"),
        header("C2", "creates", "a change that creates a supplier", .creation),
        header(
            "C2", "type-and-record", "both", .edit.with([1: cbor { $0.text("supplier") }]),
            "inconsistent"),
        header("C2", "neither", "neither", .creation.with([1: nil]), "malformed"),
        header(
            "C2", "long-type", "a type of 33 bytes",
            .creation.with([1: cbor { $0.text(String(repeating: "t", count: 33)) }]), "too-large"),
        header("C2", "empty-type", "an empty type", .creation.with([1: [0x60]]), "malformed"),
        header("C3", "table", "two references, both used", .edit),
        header(
            "C3", "descending", "the higher reference first", .edit.with([2: Raw.table([2, 1])]),
            "not-canonical"),
        header(
            "C3", "twice", "one reference twice", .edit.with([2: Raw.table([1, 1])]),
            "not-canonical"),
        header(
            "C3", "unused", "a third reference that nothing uses",
            .edit.with([2: Raw.table([1, 2, 3])]), "not-canonical"),
        header("C3", "empty-table", "an empty table", .creation.with([2: [0x80]]), "not-canonical"),
        header(
            "C3", "beyond-the-end", "an index beyond the table", .edit.with([3: [0x02]]),
            "malformed"),
        header(
            "C4", "two-parents", "parents 0 and 1, nothing replaced",
            .edit.with([4: [UInt8](hex: "820001"), 5: [UInt8](hex: "a1 0a 80")])),
        header(
            "C4", "parents-descending", "parents 1, 0", .edit.with([4: [UInt8](hex: "820100")]),
            "not-canonical"),
        header(
            "C4", "replaced-twice", "one value replaced twice",
            .edit.with([5: [UInt8](hex: "a1 0a 820101")]), "not-canonical"),
        header(
            "C4", "no-parents", "an empty list of parents", .edit.with([4: [0x80]]), "not-canonical"
        ),
        header(
            "C5", "edit-without-parents", "an import names nothing but its record",
            .edit.with([2: Raw.table([1]), 4: nil, 5: [UInt8](hex: "a1 0a 80")])),
        header("C5", "no-groups", "an edit without groups", .edit.with([5: nil]), "inconsistent"),
        header(
            "C5", "verdict-group", "an edit that writes group 0",
            .edit.with([5: [UInt8](hex: "a1 00 8101")]), "inconsistent"),
        header(
            "C5", "creation-with-parents", "a creation with a parent",
            .creation.with([2: Raw.table([1]), 4: [UInt8](hex: "8100")]), "inconsistent"),
        header(
            "C5", "creation-that-replaces", "a creation that replaces",
            .creation.with([2: Raw.table([1]), 5: [UInt8](hex: "a1 0a 8100")]), "inconsistent"),
        header("C5", "target", "an edit with a target", .edit.with([6: [0x01]]), "inconsistent"),
        header("C6", "decision", "a decision on a record", .edit.with([0: [0x02]])),
        header(
            "C6", "decision-that-creates", "a decision that creates", .creation.with([0: [0x02]]),
            "inconsistent"),
        header(
            "C6", "decision-without-groups", "a decision without groups",
            .edit.with([0: [0x02], 5: nil]), "inconsistent"),
        header("C7", "join", "a join of two heads", .join.with([4: [UInt8](hex: "820001")])),
        header(
            "C7", "join-without-parents", "a join without parents",
            .join.with([2: Raw.table([1]), 4: nil]), "inconsistent"),
        header(
            "C7", "join-with-groups", "a join that writes", .edit.with([0: [0x03]]), "inconsistent"),
        change("C8", "hold", "a hold", Raw.verdict.change("a2 0001 01a1 00 a101f5")),
        change("C8", "release", "a release", Raw.verdict.change("a2 0001 01a1 00 a101f4")),
        change(
            "C8", "neither", "neither true nor false", Raw.verdict.change("a2 0001 01a1 00 a10101"),
            "inconsistent"),
        header(
            "C8", "without-target", "a verdict without target",
            .verdict.with([2: Raw.table([1]), 6: nil]), "inconsistent"),
        header(
            "C8", "another-group", "a verdict that writes group 10, too",
            .verdict.with([5: [UInt8](hex: "a2 0080 0a80")]), "inconsistent"),
        header("C9", "void", "a void", .void),
        header(
            "C9", "void-with-parents", "a void with a parent",
            .void.with([4: [UInt8](hex: "8101")]), "inconsistent"),
        header(
            "C10", "author", "all kinds of characters", .edit.with([8: cbor { $0.text("Az09._-") }])
        ),
        header(
            "C10", "name", "a person's name", .edit.with([8: cbor { $0.text("张三") }]), "malformed"),
        header("C10", "empty-author", "an empty author", .edit.with([8: [0x60]]), "malformed"),
        header("C10", "no-author", "no author", .edit.with([8: nil]), "malformed"),
        header("C11", "before-1970", "a negative time", .edit.with([10: [0x20]])),
        header("C11", "no-time", "no time", .edit.with([10: nil]), "malformed"),
        change(
            "C12", "same-groups", "header and payload name group 10",
            Raw.edit.change("a2 0001 01a1 0a a0")),
        change(
            "C12", "other-groups", "the payload names group 11",
            Raw.edit.change("a2 0001 01a1 0b a0"), "inconsistent"),
        change(
            "C12", "no-value", "the payload names none", Raw.edit.change("a1 0001"), "inconsistent"),
        change(
            "C12", "value-is-no-map", "a value that is a text",
            Raw.edit.change("a2 0001 01a1 0a 6161"), "malformed"),
        change("C12", "eight-levels", "eight levels", Raw.edit.change(nested(8))),
        change("C12", "nine-levels", "nine levels", Raw.edit.change(nested(9)), "too-large"),
        header(
            "C12", "group-number", "group 2^32",
            .edit.with([5: [UInt8](hex: "a1 1b0000000100000000 8101")]), "too-large"),
        change("C14", "largest", "a change of exactly 65536 bytes", padded(to: Limits.changeBytes)),
        change(
            "C14", "one-byte-more", "a change of 65537 bytes", padded(to: Limits.changeBytes + 1),
            "too-large"),
        header(
            "C14", "most-references", "256 references: 128 parents, each replaced as well",
            many(128)),
        header("C14", "too-many-references", "258 references", many(129), "too-large"),
        header("C14", "most-groups", "64 groups", groups(64)),
        header("C14", "too-many-groups", "65 groups", groups(65), "too-large"),
        header("C15", "group-mark", "header key 7", .edit.with([7: [0x01]]), "unsupported"),
        header("C15", "assurance", "header key 9", .edit.with([9: [0x01]]), "unsupported"),
        header("C15", "grant-epoch", "header key 11", .edit.with([11: [0x01]]), "unsupported"),
        change(
            "C15", "attachments", "payload key 3", Raw.edit.change("a3 0001 01a1 0a a0 03 80"),
            "unsupported"),
        header(
            "C15", "unused-group", "group 3, which nothing writes yet",
            .edit.with([5: [UInt8](hex: "a1 03 8101")])),
    ]

    private static func nested(_ levels: Int) -> [UInt8] {
        [UInt8](hex: "a2 0001 01a1 0a a1 01") + [UInt8](repeating: 0x81, count: levels - 2) + [0x80]
    }

    private static func padded(to byteCount: Int) -> [UInt8] {
        let bare = Raw.edit.change(text(0)).count
        // Lengths of more than a byte or two make the heads longer: find the text that fits.
        for length in (byteCount - bare - 16)...(byteCount - bare) {
            let change = Raw.edit.change(text(length))
            if change.count == byteCount { return change }
        }
        preconditionFailure("some length fits")
    }

    private static func text(_ length: Int) -> [UInt8] {
        cbor { writer in
            writer.raw([UInt8](hex: "a2 0001 01a1 0a a1 01"))
            writer.text(String(repeating: "a", count: length))
        }
    }

    /// As many parents, each replaced as well.
    private static func many(_ count: Int) -> Raw {
        let indices = cbor { writer in
            writer.array(count: count)
            for index in 0..<count { writer.unsigned(UInt64(index)) }
        }
        return .edit.with([
            2: Raw.table((1...UInt64(count)).map { $0 }), 4: indices, 5: [0xA1, 0x0A] + indices,
        ])
    }

    private static func groups(_ count: Int) -> Raw {
        .edit.with([
            5: cbor { writer in
                writer.map(count: count)
                for group in 0..<count {
                    writer.unsigned(UInt64(10 + group))
                    writer.raw([0x81, 0x01])
                }
            }
        ])
    }
}
