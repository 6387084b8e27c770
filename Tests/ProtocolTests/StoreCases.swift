import LogWriting
import Records
import SyncCore
import WireFormat

extension Vector {
    /// Segments that a store takes, one message each, after the hub's registrations at index 0.
    /// `orders`: of the segments after those; the registrations always come first.
    static func store(
        _ rule: String, _ name: String, _ title: String, accepts: Bool = true,
        _ segments: [[UInt8]],
        orders: [[Int]]? = nil, registrations: LogWriter = Cast.registrations(),
        _ expected: [String: JSON]
    ) -> Vector {
        let orders = orders ?? [Array(1...segments.count)]
        let settings = StoreOutcome.receiver.merging([
            "orders": .array(
                orders.map { order in .array(([0] + order).map { .integer(Int64($0)) }) })
        ]) { $1 }
        let input = Cast.sequence([registrations.sealed] + segments)
        return accepts
            ? .accept(.store, rule, name, title, input, settings, expected)
            : .refuse(.store, rule, name, title, input, settings, expected)
    }

    /// What comes of each segment after the registrations, in the only order.
    static func results(_ words: String...) -> JSON {
        [
            .array(
                [.string("stored \(Cast.registrations().changes.count)")]
                    + words.map { .string($0) })
        ]
    }

    private static func log(_ node: NodeID, names: Int = 1, _ scope: Scope = .province) -> LogWriter
    {
        var writer = Cast.writer(node, 5, scope)
        for index in 0..<names { _ = writer.supplier("第\(index)") }
        return writer
    }

    static let attachingCases: [Vector] = [
        store(
            "S8", "registered", "a registered node in its scope", [log(Cast.first).sealed],
            ["results": results("stored 1")]),
        store(
            "S8", "key-changed", "signed with a key that was replaced since",
            [log(Cast.first).sealed],
            registrations: rekeyed,
            ["results": [["stored 4", "stored 1"]]]),
        store(
            "S8", "key-and-scopes-apart",
            "with a key from before a scope was granted, in that scope",
            [widenedLog.sealed], registrations: widened, ["results": [["stored 5", "stored 1"]]]),
        store(
            "S8", "registered-by-a-county", "a county's record of type node registers nobody",
            accepts: false, [registeredByCounty.sealed, log(Cast.stranger).sealed],
            ["results": results("stored 1", "refused unknown-node")]),
        store(
            "S8", "unknown-node", "a node that nobody registered", accepts: false,
            [log(Cast.stranger).sealed], ["results": results("refused unknown-node")]),
        store(
            "S8", "scope-of-another", "the province, by a node registered for its county only",
            accepts: false, [log(Cast.local).sealed],
            ["results": results("refused scope-not-granted")]),
        store(
            "S8", "scope-not-held", "a county that the receiver does not hold", accepts: false,
            [log(Cast.second, Scope("county/632522")!).sealed],
            ["results": results("refused scope-not-granted")]),
        store(
            "S9", "hub-changes-registration", "the hub gives a node another title",
            [titled(by: Cast.hub).sealed], ["results": results("stored 1")]),
        store(
            "S9", "county-changes-registration", "a county gives a node another title",
            accepts: false, [titled(by: Cast.first).sealed],
            ["results": results("refused inconsistent")]),
        store(
            "S10", "again-and-overlapping", "the same segment twice, one that overlaps, the rest",
            [four.seal(1...2), four.seal(1...2), four.seal(2...3), four.seal(1...4)],
            ["results": results("stored 2", "known", "stored 1", "stored 1")]),
        store(
            "S10", "fork", "another change at sequence 2", [four.seal(1...3), fork.seal(2...4)],
            orders: [[1, 2], [2, 1, 2]],
            [
                "results": [
                    ["stored 3", "stored 3", "stored 3"],
                    ["stored 3", "refused gap", "stored 3", "stored 3"],
                ]
            ]),
        store(
            "S10", "gap", "the first change is missing", accepts: false, [four.seal(2...4)],
            ["results": results("refused gap")]),
        store(
            "S10", "too-many-branches", "the sixty-fifth branch of a log", accepts: false,
            branches(65),
            [
                "results": .array([
                    .array(
                        [.string("stored 3")] + [JSON](repeating: "stored 1", count: 64) + [
                            "refused too-large"
                        ])
                ])
            ]),
        store(
            "S11", "others-count", "a refused segment between two good ones",
            [log(Cast.first).sealed, log(Cast.stranger).sealed, log(Cast.second).sealed],
            ["results": results("stored 1", "refused unknown-node", "stored 1")]),
        store(
            "S11", "order-of-checks", "unknown, badly signed and with a gap: unknown",
            accepts: false, [log(Cast.stranger, names: 2).seal(2...2, by: Cast.firstKey)],
            ["results": results("refused unknown-node")]),
        store(
            "S11", "signature-before-gap", "badly signed and with a gap: badly signed",
            accepts: false, [four.seal(2...2, by: Cast.secondKey)],
            ["results": results("refused bad-signature")]),
    ]

    private static let four = log(Cast.first, names: 4)

    private static let fork: LogWriter = {
        var writer = Cast.writer(Cast.first)
        _ = writer.supplier("第0")
        for index in 2...4 { _ = writer.supplier("另\(index)") }
        return writer
    }()

    private static func branches(_ count: Int) -> [[UInt8]] {
        (1...count).map { index in
            var writer = Cast.writer(Cast.first)
            _ = writer.supplier("枝\(index)")
            return writer.sealed
        }
    }

    private static let rekeyed: LogWriter = {
        var writer = Cast.registrations()
        let record = writer.changes[0].reference
        writer.add(
            .of(record), parents: [record],
            [(RegisteredNode.Group.identity, [record], Cast.identity(Cast.first, Cast.key(31)))])
        return writer
    }()

    /// The local node gets another key, and then the province, too.
    private static let widened: LogWriter = {
        var writer = Cast.registrations()
        let record = writer.changes[2].reference
        writer.add(
            .of(record), parents: [record],
            [(RegisteredNode.Group.identity, [record], Cast.identity(Cast.local, Cast.key(31)))])
        let scopes = ValueCodec.encode(group: [
            Value.Entry(
                RegisteredNode.scopes, .list([.text("county/632521"), .text("province")]))
        ])
        writer.add(
            .of(record), parents: [writer.changes[3].reference],
            [(RegisteredNode.Group.grant, [record], scopes)])
        return writer
    }()

    private static let widenedLog = log(Cast.local)

    private static let registeredByCounty: LogWriter = {
        var writer = Cast.writer(Cast.first, 5, .province, .control)
        Cast.register(Cast.stranger, Cast.strangerKey, ["province"], in: &writer)
        return writer
    }()

    private static func titled(by node: NodeID) -> LogWriter {
        let record = Cast.registrations().changes[0].reference
        var writer = Cast.writer(node, 9, .province, .control)
        let title = ValueCodec.encode(group: [Value.Entry(RegisteredNode.title, .text("县"))])
        writer.add(.of(record), parents: [record], [(RegisteredNode.Group.title, [], title)])
        return writer
    }
}
