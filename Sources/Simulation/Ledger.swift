import ReferenceModel
import SyncCore

/// One change as the person who made it knows it.
struct LedgerEntry {
    let act: Act
    let reference: Reference
    let record: Reference
    let type: String
    var isAcknowledged = true
    var bytes: [UInt8] = []
}

/// What people did, in the order in which it happened, with numbers for references: what must be
/// seen is found from these entries alone.
final class Ledger {
    private(set) var entries: [LedgerEntry] = []
    private(set) var records: [Reference] = []
    /// Changes of which the last copy was destroyed: they may be gone, and may yet turn up.
    private(set) var excused: Set<Int> = []
    private var references: [Reference] = []
    private var ids: [Reference: Int] = [:]
    private var byRecord: [Reference: [LedgerEntry]] = [:]
    private var keys: [[UInt8]: String] = [:]
    private var marks: [Mark: Set<[UInt8]>] = [:]
    private var aliases: [[UInt8]: Reference] = [:]

    /// The number of a change, also of one that nobody made.
    func id(_ reference: Reference) -> Int {
        if let id = ids[reference] { return id }
        references.append(reference)
        ids[reference] = references.count - 1
        return references.count - 1
    }

    func ids(_ references: [Reference]) -> Set<Int> { Set(references.map(id)) }
    func known(_ reference: Reference) -> Int? { ids[reference] }
    func reference(_ id: Int) -> Reference { references[id] }

    func add(_ entry: LedgerEntry) {
        // A machine and its copy may do the very same thing at the same moment.
        if byRecord[entry.record]?.contains(where: { $0.reference == entry.reference }) == true {
            return
        }
        entries.append(entry)
        if byRecord[entry.record] == nil { records.append(entry.record) }
        byRecord[entry.record, default: []].append(entry)
    }

    func entries(of record: Reference) -> [LedgerEntry] { byRecord[record] ?? [] }

    func excuse(_ entry: LedgerEntry) { excused.insert(entry.act.id) }

    // MARK: What values mean

    func note(key: String, in value: [UInt8]) { keys[value] = key }
    /// What a rule asks of a value.
    enum Mark { case own, discredited }

    func note(_ mark: Mark, in value: [UInt8]) { marks[mark, default: []].insert(value) }
    func marked(_ mark: Mark) -> Set<[UInt8]> { marks[mark] ?? [] }

    func note(alias: Reference, in value: [UInt8]) { aliases[value] = alias }
    func key(in value: [UInt8]) -> String? { keys[value] }
    func alias(in value: [UInt8]) -> Reference? { aliases[value] }
}
