/// Every bound of the model and the protocol, with its unit last in the name.
///
/// Raising one is a protocol change: a receiver refuses what is beyond its limits, so both sides
/// must know the same numbers.
public enum Limits {
    /// One encoded change: header and payload.
    public static let changeBytes = 64 * 1024
    /// References in one change: parents, replaced values and target together. A larger decision
    /// is a group of changes.
    public static let referencesPerChange = 256
    public static let fieldGroupsPerChange = 64

    public static let segmentChanges = 512
    /// Before compression.
    public static let segmentBytes = 512 * 1024
    /// One encoded segment on the wire: an incompressible body plus its head.
    public static let encodedSegmentBytes = segmentBytes + 4096
    /// Salts come from one secret for each aligned block of this many changes.
    public static let saltBlockChanges = 512

    public static let scopesPerExchange = 64
    public static let clockEntries = 16_384
    public static let tipsPerLog = 64
    /// Logs and branches of one node together: a clock must fit an answer whatever a node does.
    public static let tipsPerNode = 512
    public static let referencesPerMessage = 4096
    public static let segmentsPerMessage = 4096

    /// One exchange body on the wire.
    public static let exchangeBytes = 8 * 1024 * 1024
    /// The most that a request may ask for as segments, so that the answer fits ``exchangeBytes``.
    public static let answerBudgetBytes = 4 * 1024 * 1024
    /// Segments of one message after inflating; the rest of them is refused, and comes again.
    public static let decodedMessageBytes = 32 * 1024 * 1024
    /// Marks of one exchange, and as many wishes for receipts: each is looked up.
    public static let lookupsPerExchange = 64
    /// Refusals kept on record.
    public static let refusalRows = 1000
    /// What a side puts into one exchange: it stops after the segment that passes this budget.
    public static let exchangeBudgetBytes = 2 * 1024 * 1024
    /// What goes along at first contact, when the hub's clock is not known yet.
    public static let firstContactBytes = 64 * 1024

    public static let nodeNameBytes = 15
    public static let authorBytes = 32
    public static let typeNameBytes = 32
    public static let reasonBytes = 4096
    /// Nesting of a value inside a payload.
    public static let valueDepth = 8

    /// Sequences fit 40 bits, so that a store may key a change by one 64-bit integer.
    public static let sequenceMax: UInt64 = (1 << 40) - 1

    /// How far a request's time may be from the hub's before it is refused with the hub's time.
    public static let requestClockSkewSeconds: Int64 = 300
    /// A long poll is answered after this long, news or not.
    public static let wakeSeconds: Int64 = 25
}
