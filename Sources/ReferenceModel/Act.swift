/// One thing that a person or the hub did, and what was on the screen when they did it.
///
/// This target imports nothing: what the product must show is worked out from the sync model's
/// words alone.
public struct Act: Sendable {
    public enum Kind: Sendable { case edit, decision, join, hold, release, void }

    public let id: Int
    /// The act that created the record, itself when it creates one.
    public let record: Int
    public let kind: Kind
    /// What was written, by field group.
    public var writes: [Int: [UInt8]] = [:]
    /// The values that the form displayed for each group written; for a verdict, under group 0, the
    /// verdicts that the hub knew.
    public var shown: [Int: Set<Int>] = [:]
    /// The heads that the form displayed.
    public var heads: Set<Int> = []
    /// Of a hold, release or void.
    public var target: Int?
    /// Nobody else's holds, releases and voids count.
    public var isByHub = false

    public init(id: Int, record: Int, kind: Kind) {
        self.id = id
        self.record = record
        self.kind = kind
    }

    public var isEdit: Bool { [.edit, .decision, .join].contains(kind) }
    var isVerdict: Bool { isByHub && (kind == .hold || kind == .release) }

    /// What must be there before the act counts.
    var needs: Set<Int> {
        if kind == .void { return [] }
        var needs = shown.values.reduce(into: heads) { $0.formUnion($1) }
        if let target { needs.insert(target) }
        if record != id { needs.insert(record) }
        return needs
    }
}

/// What is to be seen of one record.
public struct Picture: Equatable, Sendable {
    public struct Dispute: Equatable, Sendable {
        public let kind: String
        /// Ascending.
        public let sides: [Int]

        public init(kind: String, sides: [Int]) {
            self.kind = kind
            self.sides = sides
        }
    }

    public var isVisible = false
    public var siblings: [Int: [Int]] = [:]
    /// Of disputed groups only; `unset` where nothing was agreed.
    public var lastAgreed: [Int: Int] = [:]
    public var heads: [Int] = []
    public var held: [Int] = []
    public var waiting: [Int] = []
    public var wanted: [Int] = []
    /// By slot.
    public var conflicts: [String: Dispute] = [:]

    public static let unset = -1

    public init() {}
}
