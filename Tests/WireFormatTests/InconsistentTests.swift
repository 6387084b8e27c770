import SyncCore
import Testing
import WireFormat

// A change that contradicts itself is refused, whichever node made it.

private let creates: [UInt64: [UInt8]] = [
    1: cbor { $0.text("project") }, 2: absent, 3: absent, 4: absent,
    5: [0xA1, 0x0A, 0x80],
]

private func creating(_ more: [UInt64: [UInt8]]) -> [UInt64: [UInt8]] {
    creates.merging(more) { $1 }
}

private let headers: [(name: String, fields: [UInt64: [UInt8]], rule: RefusalRule?)] = [
    ("an edit", [:], nil),
    ("a creation", creates, nil),
    ("an edit of nothing", [4: [0x82, 0, 1], 5: absent], .inconsistent),
    ("an edit of group 0", [5: [0xA1, 0x00, 0x81, 0x01]], .inconsistent),
    ("an edit with a target", [6: [0x01]], .inconsistent),
    ("a creation of a given record", [1: cbor { $0.text("project") }], .inconsistent),
    ("a decision", [0: [0x02]], nil),
    ("a decision that creates", creating([0: [0x02]]), .inconsistent),
    ("a decision of nothing", [0: [0x02], 5: absent], .inconsistent),
    ("a decision of group 0", [0: [0x02], 5: [0xA1, 0x00, 0x81, 0x01]], .inconsistent),
    (
        "a creation with parents", creating([2: RawHeader.references([1]), 4: [0x81, 0]]),
        .inconsistent
    ),
    (
        "a creation that replaces",
        creating([2: RawHeader.references([1]), 5: [0xA1, 0x0A, 0x81, 0]]), .inconsistent
    ),
    ("a join", [0: [0x03], 4: [0x82, 0, 1], 5: absent], nil),
    ("a join with groups", [0: [0x03], 4: [0x82, 0, 1]], .inconsistent),
    ("a join of one", [0: [0x03], 5: absent], nil),
    (
        "a join of nothing",
        [0: [0x03], 2: RawHeader.references([1]), 4: absent, 5: absent], .inconsistent
    ),
    ("a verdict", [0: [0x04], 4: absent, 5: [0xA1, 0x00, 0x80], 6: [0x01]], nil),
    ("a verdict without target", [0: [0x04], 4: absent, 5: [0xA1, 0x00, 0x81, 1]], .inconsistent),
    (
        "a verdict of group 1", [0: [0x04], 4: absent, 5: [0xA1, 0x01, 0x80], 6: [1]], .inconsistent
    ),
    ("a verdict with parents", [0: [0x04], 5: [0xA1, 0x00, 0x80], 6: [0x01]], .inconsistent),
    ("a void", [0: [0x05], 4: absent, 5: absent, 6: [0x01]], nil),
    ("a void with values", [0: [0x05], 4: absent, 6: [0x01]], .inconsistent),
    ("an unused reference", [2: RawHeader.references([1, 2, 3])], .notCanonical),
    ("references not ascending", [2: RawHeader.references([2, 1])], .notCanonical),
    ("a reference twice", [2: RawHeader.references([1, 1])], .notCanonical),
    ("no references listed", creating([2: [0x80]]), .notCanonical),
    ("no parents listed", [4: [0x80]], .notCanonical),
    ("no groups listed", [5: [0xA0]], .notCanonical),
    ("parents not ascending", [4: [0x82, 1, 0]], .notCanonical),
    ("a parent twice", [4: [0x82, 1, 1]], .notCanonical),
    ("a parent not in the table", [4: [0x82, 1, 2]], .malformed),
    ("groups not ascending", [5: [0xA2, 0x0B, 0x81, 1, 0x0A, 0x81, 1]], .notCanonical),
    ("a group beyond 32 bits", [5: bytes("a1 1b 00 00 00 01 00 00 00 00 81 01")], .tooLarge),
    ("no kind", [0: absent], .malformed),
    ("no author", [8: absent], .malformed),
    ("no time", [10: absent], .malformed),
    (
        "no record",
        [2: RawHeader.references([1]), 3: absent, 4: [0x81, 0], 5: [0xA1, 0x0A, 0x80]], .malformed
    ),
    ("an empty type", creating([1: [0x60]]), .malformed),
    ("an empty author", [8: [0x60]], .malformed),
    ("an author with a space", [8: cbor { $0.text("zhang san") }], .malformed),
    ("an author's name", [8: cbor { $0.text("张三") }], .malformed),
    ("a long author", [8: cbor { $0.text(String(repeating: "a", count: 33)) }], .tooLarge),
]

/// Payloads for the plain edit, which writes group 10.
private let payloads: [(name: String, hex: String, rule: RefusalRule?)] = [
    ("the same group", "a2 00 01 01 a1 0a a0", nil),
    ("a reason as well", "a3 00 01 01 a1 0a a0 02 60", nil),
    ("no values", "a1 00 01", .inconsistent),
    ("another group", "a2 00 01 01 a1 0b a0", .inconsistent),
    ("one group more", "a2 00 01 01 a2 0a a0 0b a0", .inconsistent),
    ("an empty list of values", "a2 00 01 01 a0", .notCanonical),
    ("a group twice", "a2 00 01 01 a2 0a a0 0a a0", .notCanonical),
    ("a value that is no map", "a2 00 01 01 a1 0a 80", .malformed),
    ("no schema version", "a1 01 a1 0a a0", .malformed),
    ("a schema version beyond 32 bits", "a1 00 1b 00 00 00 01 00 00 00 00", .tooLarge),
    ("something after it", "a2 00 01 01 a1 0a a0 00", .malformed),
]

@Suite struct `Changes that contradict themselves` {
    @Test(arguments: headers)
    func `a header is refused by its rule`(
        name: String, fields: [UInt64: [UInt8]], rule: RefusalRule?
    ) {
        #expect(RawHeader.edit.with(fields).refusal == rule)
    }

    @Test(arguments: payloads)
    func `a payload is refused by its rule`(name: String, hex: String, rule: RefusalRule?) {
        let header = RawHeader.edit.encoded
        #expect(segmentRefusal(header: header, payload: bytes(hex)) == rule)
    }

    @Test func `a join has no values`() {
        let join = RawHeader.edit.with([0: [0x03], 4: [0x82, 0, 1], 5: absent]).encoded
        #expect(segmentRefusal(header: join, payload: [0xA1, 0x00, 0x01]) == nil)
        #expect(segmentRefusal(header: join, payload: editPayload) == .inconsistent)
    }

    @Test(
        arguments: [
            ("hold", "a1 01 f5", nil), ("release", "a1 01 f4", nil),
            ("null", "a1 01 f6", .inconsistent),
            ("nothing", "a0", .inconsistent), ("more", "a2 01 f5 02 f5", .inconsistent),
        ] as [(String, String, RefusalRule?)])
    func `a verdict holds or releases`(name: String, hex: String, rule: RefusalRule?) {
        let verdict = RawHeader.edit.with([
            0: [0x04], 4: absent, 5: [0xA1, 0x00, 0x80], 6: [0x01],
        ])
        let payload = [0xA2, 0x00, 0x01, 0x01, 0xA1, 0x00] + bytes(hex)
        #expect(segmentRefusal(header: verdict.encoded, payload: payload) == rule)
    }

    @Test func `references stay in the change's scope`() {
        let inside = RawHeader.edit.encoded
        #expect(segmentRefusal(header: inside, payload: editPayload) == nil)
        // The same header in a log of another scope.
        let province = Fixture.log(.province)
        #expect(
            segmentRefusal(header: inside, payload: editPayload, log: province) == .inconsistent)
        // One of two references outside, wherever it is named.
        let mixed = cbor { writer in
            writer.array(count: 2)
            writer.raw(Fixture.reference(1, log: province).encoded)
            writer.raw(Fixture.reference(2).encoded)
        }
        for (record, parent, replaced) in [(0, 1, 1), (1, 0, 1), (1, 1, 0)]
            as [(UInt8, UInt8, UInt8)]
        {
            let header = RawHeader.edit.with([
                2: mixed, 3: [record], 4: [0x81, parent], 5: [0xA1, 0x0A, 0x81, replaced],
            ])
            #expect(header.refusal == nil)
            #expect(segmentRefusal(header: header.encoded, payload: editPayload) == .inconsistent)
        }
        let void = RawHeader.edit.with([
            0: [0x05], 2: mixed, 3: [0x01], 4: absent, 5: absent, 6: [0x00],
        ])
        #expect(segmentRefusal(header: void.encoded, payload: [0xA1, 0x00, 0x01]) == .inconsistent)
    }

    @Test func `references and groups are bounded`() {
        func header(_ count: UInt64) -> RefusalRule? {
            let indices = cbor { writer in
                writer.array(count: Int(count))
                for index in 0..<count { writer.unsigned(index) }
            }
            return RawHeader.edit.with([
                2: RawHeader.references(Array(1...count)), 4: indices, 5: [0xA1, 0x0A, 0x80],
            ]).refusal
        }
        #expect(header(256) == nil)
        #expect(header(257) == .tooLarge)
        func groups(_ count: Int) -> RefusalRule? {
            let groups = cbor { writer in
                writer.map(count: count)
                for group in 1...count {
                    writer.unsigned(UInt64(group))
                    writer.array(count: 0)
                }
            }
            return RawHeader.edit.with([5: groups]).refusal
        }
        #expect(groups(64) == nil)
        #expect(groups(65) == .tooLarge)
    }
}
