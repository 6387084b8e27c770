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
            "one change, of parents, replaced values and target (C14)", "`too-large`"
        ),
        (Limits.fieldGroupsPerChange, "groups", "one change", "`too-large`"),
        (Limits.valueDepth, "levels", "a group's value", "`too-large`"),
        (Limits.reasonBytes, "bytes", "a reason", "`too-large`"),
        (Limits.typeNameBytes, "bytes", "a type's name", "`too-large`"),
        (Limits.authorBytes, "bytes", "an author", "`too-large`"),
        (Limits.nodeNameBytes, "bytes", "a node's name", "`too-large`"),
        (Limits.segmentChanges, "changes", "one segment", "`too-large`"),
        (Limits.segmentBytes, "bytes", "a segment's body before compression", "`too-large`"),
        (
            Limits.encodedSegmentBytes, "bytes", "an encoded segment, and the deflated body in it",
            "`too-large`"
        ),
        (Limits.tipsPerLog, "tips", "one log, in a clock and stored (S10)", "`too-large`"),
        (Limits.tipsPerNode, "tips", "all logs of one node, stored (S10)", "`too-large`"),
        (Limits.clockEntries, "logs", "one clock", "413 `too-large`"),
        (Limits.scopesPerExchange, "scopes", "one message", "413 `too-large`"),
        (
            Limits.lookupsPerExchange, "items", "each of the lists of keys 2 and 3",
            "413 `too-large`"
        ),
        (
            Limits.referencesPerMessage, "items", "each of the lists of keys 5, 6, 7 and 9",
            "413 `too-large`"
        ),
        (Limits.segmentsPerMessage, "segments", "one message", "413 `too-large`"),
        (
            Limits.answerBudgetBytes, "bytes", "the budget for the answer's segments (X2)",
            "413 `too-large`"
        ),
        (Limits.exchangeBytes, "bytes", "one body on the wire", "413 `too-large`"),
        (
            Limits.decodedMessageBytes, "bytes",
            "the inflated bodies of a message's segments that are decoded, together",
            "the segments after the one that passes it are refused, `too-large`: they come again"
        ),
        (Limits.firstContactBytes, "bytes", "segments sent at first contact", "advice"),
        (Limits.exchangeBudgetBytes, "bytes", "segments sent in one exchange", "advice"),
    ]
}
