import Rehearsal
import Store
import SyncCore

/// Records for stores, through the door that people's edits take.
extension Store {
    static let editsPerTransaction = 2_000

    /// New records of an office, by number.
    func create(_ numbers: Range<Int>, office: Int = 0, in scope: Scope = .province) throws {
        try append(each: numbers) { BenchRecord($0, office: office).creation(in: scope) }
        // As a node that has time does before it meets the hub.
        try sealTail()
    }

    func append(each numbers: Range<Int>, _ edit: (Int) throws -> Edit) throws {
        for first in stride(
            from: numbers.lowerBound, to: numbers.upperBound, by: Self.editsPerTransaction)
        {
            let last = min(first + Self.editsPerTransaction, numbers.upperBound)
            _ = try append((first..<last).map(edit))
        }
    }

    /// Another amount in each of these records, as after looking at its form.
    func change(_ records: [Reference], to amount: Int64) throws {
        try append(each: 0..<records.count) { index in
            try BenchRecord.edit(of: shown(records[index]), amount: amount)
        }
    }

    func shown(_ record: Reference) throws -> StoredRecord {
        guard let shown = try self.record(record) else { throw StoreError.noSuchRecord }
        return shown
    }

    /// The first so many records that everybody knows.
    func firstRecords(_ count: Int) throws -> [Reference] {
        var found: [Reference] = []
        var cursor: String?
        repeat {
            let page = try records(
                ofUnknownType: BenchRecord.type, after: cursor, limit: min(500, count - found.count)
            )
            found += page.elements.map(\.state.record)
            cursor = page.next
        } while cursor != nil && found.count < count
        return found
    }
}
