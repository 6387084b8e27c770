/// What is fuzzed: one function each, from bytes of a stranger to nothing. The fuzzers of
/// `Tests/Fuzz/Targets` and the tests of `Tests/FuzzRegression` run the same functions; the names are
/// those of the folders under `Corpus` and `Crashers`.
public enum FuzzTarget: String, CaseIterable, Sendable {
    case cbor = "CBOR"
    case change = "Change"
    case segment = "Segment"
    case entries = "Entries"
    case exchange = "Exchange"
    case proof = "Proof"
    case json = "JSON"
    case fields = "Fields"
    case names = "Names"
    case fold = "Fold"
    case state = "State"

    /// Ends for any bytes, without a trap. Throws what ought to hold and does not.
    public func run(_ bytes: [UInt8]) throws(Violation) {
        switch self {
        case .cbor: try CBORTarget.run(bytes)
        case .change: try ChangeTarget.run(bytes)
        case .segment: try SegmentTarget.run(bytes)
        case .entries: try EntriesTarget.run(bytes)
        case .exchange: try ExchangeTarget.run(bytes)
        case .proof: try ProofTarget.run(bytes)
        case .json: try JSONTarget.run(bytes)
        case .fields: try FieldsTarget.run(bytes)
        case .names: try NamesTarget.run(bytes)
        case .fold: try FoldTarget.run(bytes)
        case .state: try StateTarget.run(bytes)
        }
    }
}
