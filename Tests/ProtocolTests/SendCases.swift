import LogWriting
import Records
import SyncCore
import WireFormat

extension Vector {
    /// The sender stores the segments; the hub showed this clock.
    private static func send(
        _ rule: String, _ name: String, _ title: String, accepts: Bool = true,
        _ segments: [[UInt8]],
        hubClock: VectorClock?, marks: [Reference] = [], deferred: [LogID] = [],
        budget: Int = 1 << 20,
        _ expected: [String: JSON]
    ) -> Vector {
        var settings = StoreOutcome.receiver
        settings["hub_clock"] = hubClock.map { .string($0.encoded.hex) } ?? .null
        settings["marks"] = .array(marks.map { .string($0.encoded.hex) })
        settings["deferred"] = .array(deferred.map { .string($0.encoded.hex) })
        settings["budget"] = .integer(Int64(budget))
        let input = Cast.sequence([Cast.registrations().sealed] + segments)
        return accepts
            ? .accept(.send, rule, name, title, input, settings, expected)
            : .refuse(.send, rule, name, title, input, settings, expected)
    }

    private static func suppliers(
        _ node: NodeID, _ count: Int, named prefix: String = "第", lane: Lane = .records
    ) -> LogWriter {
        var writer = Cast.writer(node, 5, .province, lane)
        for index in 1...count { _ = writer.supplier("\(prefix)\(index)") }
        return writer
    }

    /// A clock that shows these logs up to these sequences.
    private static func clock(_ tips: [(LogWriter, [Int])]) -> VectorClock {
        VectorClock(
            tips.map { writer, sequences in
                VectorClock.Entry(
                    log: writer.log,
                    tips: sequences.map { sequence in
                        let change = writer.changes[sequence - 1]
                        return Tip(sequence: change.sequence, hash: change.hash)
                    })
            })
    }

    private static let grants = Cast.registrations()
    private static let mine = suppliers(Cast.first, 4)
    private static let other = suppliers(Cast.second, 2)
    private static let urgent = suppliers(Cast.second, 1, lane: .control)
    /// Shares the first change with `mine`, then goes its own way, longer.
    private static let fork: LogWriter = {
        var writer = Cast.writer(Cast.first)
        _ = writer.supplier("第1")
        for index in 2...6 { _ = writer.supplier("另\(index)") }
        return writer
    }()
    /// Leaves `mine` after the third change.
    private static let branch: LogWriter = {
        var writer = Cast.writer(Cast.first)
        for index in 1...3 { _ = writer.supplier("第\(index)") }
        _ = writer.supplier("另4")
        return writer
    }()
    private static let pieces = [mine.seal(1...2), mine.seal(3...3), mine.seal(4...4)]

    private static func sends(_ parts: (LogWriter, String)...) -> [String: JSON] {
        ["sends": .array(parts.map { .string("\($0.0.log) \($0.1)") })]
    }

    static let sendCases: [Vector] = [
        send(
            "D1", "the-rest", "the hub has the first two changes", pieces,
            hubClock: clock([(grants, [3]), (mine, [2])]), sends((mine, "3-3"), (mine, "4-4"))),
        send(
            "D1", "nothing", "the hub has everything", accepts: false, pieces,
            hubClock: clock([(grants, [3]), (mine, [4])]), sends()),
        send(
            "D1", "both-branches", "the hub has one branch of a fork, and lacks the other",
            [mine.sealed, fork.seal(2...6)], hubClock: clock([(grants, [3]), (mine, [4])]),
            sends((fork, "2-6"))),
        send(
            "D2", "we-are-behind", "the hub shows a tip that is unknown here, and higher",
            accepts: false, [mine.sealed], hubClock: clock([(grants, [3]), (fork, [6])]), sends()),
        send(
            "D2", "we-are-longer",
            "the hub shows a tip that is unknown here, and lower: everything", pieces,
            hubClock: clock([(grants, [3]), (branch, [4])]).lowered(mine.log, to: 2),
            sends((mine, "1-2"), (mine, "3-3"), (mine, "4-4"))),
        send(
            "D3", "mark", "both are known to hold the first two", pieces,
            hubClock: clock([(grants, [3]), (branch, [4])]), marks: [mine.changes[1].reference],
            sends((mine, "3-3"), (mine, "4-4"))),
        send(
            "D3", "mark-without-need", "the hub's tips are all known: a mark changes nothing",
            accepts: false, pieces, hubClock: clock([(grants, [3]), (mine, [1])]),
            marks: [mine.changes[2].reference], sends((mine, "1-2"), (mine, "3-3"), (mine, "4-4"))),
        send(
            "D4", "lanes-and-nodes", "control first, then by node",
            [other.sealed, mine.sealed, urgent.sealed], hubClock: clock([(grants, [3])]),
            sends((urgent, "1-1"), (mine, "1-4"), (other, "1-2"))),
        send(
            "D4", "deferred", "a log of which a segment was refused comes last",
            [other.sealed, mine.sealed, urgent.sealed], hubClock: clock([(grants, [3])]),
            deferred: [urgent.log, mine.log].sorted(),
            sends((other, "1-2"), (urgent, "1-1"), (mine, "1-4"))),
        send(
            "D4", "from-within", "a segment of which the hub has the first part", [mine.sealed],
            hubClock: clock([(grants, [3]), (mine, [1])]), sends((mine, "1-4"))),
        send(
            "D4", "budget-of-nothing", "a budget of 1 byte: one segment, and no second",
            accepts: false, pieces, hubClock: clock([(grants, [3])]), budget: 1,
            sends((mine, "1-2"))),
        send(
            "D5", "first-contact", "nothing is known of the hub", [mine.sealed], hubClock: nil,
            ["clock_sent": true]),
        send(
            "D5", "differing", "the hub's digest differs", [mine.sealed],
            hubClock: clock([(grants, [3])]), ["clock_sent": true]),
        send(
            "D5", "equal", "the hub's digest is our own", accepts: false, [mine.sealed],
            hubClock: clock([(grants, [3]), (mine, [4])]), ["clock_sent": false]),
    ]
}

extension VectorClock {
    /// With the one tip of this log at another sequence.
    fileprivate func lowered(_ log: LogID, to sequence: UInt64) -> VectorClock {
        VectorClock(
            entries.map { entry in
                entry.log == log
                    ? Entry(
                        log: log, tips: entry.tips.map { Tip(sequence: sequence, hash: $0.hash) })
                    : entry
            })
    }
}
