import SyncCore

/// One change as the person who made it knows it: what was shown, what was said.
struct LedgerEntry: CustomStringConvertible {
    struct Write {
        let value: [UInt8]
        /// The values that the form showed for this group.
        let shown: [Reference]
    }

    let reference: Reference
    let record: Reference
    let type: String
    let kind: ChangeKind
    /// The heads of the record that the form showed.
    let shownHeads: [Reference]
    let writes: [GroupID: Write]
    var isAcknowledged = true
    var headerBytes: [UInt8] = []
    var payloadBytes: [UInt8] = []

    var description: String {
        "\(kind) \(reference) of \(record) groups \(writes.keys.sorted())"
    }
}

/// What people did, in the order in which it happened. It shares no code with the store's merge:
/// what the end must look like is found from these entries alone.
final class Ledger {
    private(set) var entries: [LedgerEntry] = []
    private(set) var records: [Reference] = []
    private var byRecord: [Reference: [LedgerEntry]] = [:]

    func add(_ entry: LedgerEntry) {
        entries.append(entry)
        if byRecord[entry.record] == nil { records.append(entry.record) }
        byRecord[entry.record, default: []].append(entry)
    }

    func outcome(of record: Reference) -> Outcome { Outcome(record, byRecord[record] ?? []) }

    /// Duplicates that must be open, by name, with the records that stand for themselves.
    func duplicates(ofType type: String, key: (Outcome) -> Set<String>) -> [String: [Reference]] {
        let outcomes = records.map(outcome).filter { $0.type == type && $0.isAlive }
        var byKey: [String: [Outcome]] = [:]
        for outcome in outcomes {
            for value in key(outcome) { byKey[value, default: []].append(outcome) }
        }
        var duplicates: [String: [Reference]] = [:]
        for (value, all) in byKey {
            let byID = Dictionary(all.map { (ShortID($0.record), $0) }) { first, _ in first }
            let standing = all.filter { outcome in
                guard var next = outcome.alias else { return true }
                for _ in all {
                    if next == ShortID(outcome.record) { return true }
                    guard let further = byID[next]?.alias else { return false }
                    next = further
                }
                return false
            }
            if standing.count > 1 {
                duplicates["duplicate.\(type).\(value)"] = standing.map(\.record).sorted()
            }
        }
        return duplicates
    }
}
