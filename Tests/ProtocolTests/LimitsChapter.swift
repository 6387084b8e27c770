import SyncCore

/// What a message may say at most.
enum LimitsChapter {
    static let lines: [String] =
        ["| limit | of | beyond it |", "|---:|---|---|"]
        + rows.map { "| \($0.0) \($0.1) | \($0.2) | \($0.3) |" }

    private static let rows: [(Int, String, String, String)] = [
        (
            Limits.changeBytes, "bytes", "one change, header and payload with its head",
            "`too-large`"
        ),
        (
            Limits.referencesPerChange, "references",
            "one change, counted each time they are named", "`too-large`"
        ),
        (Limits.fieldGroupsPerChange, "groups", "one change", "`too-large`"),
        (Limits.valueDepth, "levels", "a group's value", "`too-large`"),
        (Limits.reasonBytes, "bytes", "a reason", "`too-large`"),
        (Limits.typeNameBytes, "bytes", "a type's name", "`too-large`"),
        (Limits.authorBytes, "bytes", "an author", "`too-large`"),
        (Limits.nodeNameBytes, "bytes", "a node's name", "`too-large`"),
        (Limits.segmentChanges, "changes", "one segment", "`too-large`"),
        (Limits.segmentBytes, "bytes", "a segment's body before compression", "`too-large`"),
        (Limits.encodedSegmentBytes, "bytes", "an encoded segment", "`too-large`"),
        (Limits.tipsPerLog, "tips", "one log", "`too-large`"),
        (Limits.tipsPerNode, "tips", "all logs of one node", "`too-large`"),
        (Limits.clockEntries, "logs", "one clock", "`too-large`"),
        (Limits.scopesPerExchange, "scopes", "one message", "`too-large`"),
        (
            Limits.referencesPerMessage, "items", "each list of keys 2, 3, 5, 6, 7 and 9",
            "`too-large`"
        ),
        (Limits.segmentsPerMessage, "segments", "one message", "`too-large`"),
        (Limits.exchangeBytes, "bytes", "one body on the wire", "413 `too-large`"),
        (
            Limits.decodedMessageBytes, "bytes", "all segments of a message, inflated",
            "the segments after the one that passes it are refused, `too-large`: send them again"
        ),
        (
            Limits.lookupsPerExchange, "items",
            "marks and receipts wanted that the hub looks up in one exchange",
            "the rest is not answered: ask again"
        ),
        (Limits.firstContactBytes, "bytes", "segments sent at first contact", "advice"),
        (Limits.exchangeBudgetBytes, "bytes", "segments sent in one exchange", "advice"),
    ]
}
