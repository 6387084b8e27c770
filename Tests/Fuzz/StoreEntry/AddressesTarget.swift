import FuzzEntry
import Records
import Store
import SyncCore
import WireFormat

/// Tokens, cursors and names of conflicts as clients bring them, against a store that handed some
/// out. The first byte says what for, and whether the rest is text or what base 32 makes text of.
enum AddressesTarget {
    private static let sample = Result { try SampleStore() }

    enum Use: UInt8, CaseIterable {
        case list, listUnknown, search, conflicts
        case text, conflict, naturalKey, record
        case keepBoth, token, group, decision
    }

    static func run(_ bytes: [UInt8]) throws(Violation) {
        guard let first = bytes.first, let use = Use(rawValue: first & 0x7F) else { return }
        if first >= 0x80 {
            try foreseen { try check(use, Base32.encode(bytes.dropFirst())) }
        } else if let text = String(validating: bytes.dropFirst(), as: UTF8.self) {
            try foreseen { try check(use, text) }
        }
    }

    private static func check(_ use: Use, _ text: String) throws {
        let sample = try sample.get()
        let store = sample.store
        let type = Supplier.type
        switch use {
        case .list: try pages { try store.records(ofType: type, after: $0 ?? text, limit: 1) }
        case .listUnknown:
            try pages { try store.records(ofUnknownType: "later", after: $0 ?? text, limit: 1) }
        case .search:
            try pages { try store.search("name", type: type, after: $0 ?? text, limit: 1) }
        case .conflicts: try pages { try store.conflicts(after: $0 ?? text, limit: 1) }
        case .text: _ = try store.search(text, type: type, limit: 2)
        case .conflict: _ = try store.conflict(named: text)
        case .naturalKey: _ = try store.records(ofType: type, naturalKey: text)
        case .record:
            guard let id = ShortID(text) else { return }
            _ = try (store.record(id), store.history(id), store.change(id))
        case .keepBoth: try write(.keepBoth(token: text), of: sample.plain, in: sample)
        case .token: try write(.token(text), of: sample.plain, in: sample)
        case .group:
            try write(.group(SampleStore.group, token: text), of: sample.record, in: sample)
        case .decision:
            let slot = ConflictSlot.group(SampleStore.group)
            try write(.conflict(slot: slot, token: text), of: sample.record, in: sample)
        }
    }

    /// A cursor that is taken leads to a page, whose own cursor is taken, too.
    private static func pages<Element>(_ page: (String?) throws -> Page<Element>) throws {
        guard let next = try page(nil).next else { return }
        do { _ = try page(next) } catch { throw Violation("a cursor handed out: \(error)") }
    }

    /// Whatever token brought it: what is written here must be taken everywhere else, or the log
    /// would end at every other node.
    private static func write(
        _ basis: Edit.Basis, of record: Reference, in sample: SampleStore
    ) throws {
        // Without writes a token is read and nothing else happens.
        let probe = Edit(
            target: .existing(record), basis: basis, writes: [:], author: "fuzzer",
            schemaVersion: 1)
        _ = try sample.store.append(probe)
        let copy = try sample.copy()
        var edit = SampleStore.edit(.existing(record), basis, 9)
        if record == sample.record {
            edit.kind = .decision
            edit.writes = [SampleStore.group: .verbatim([0xA0])]
        }
        guard let name = try copy.store.append(edit).change,
            let change = try copy.store.change(ShortID(name))
        else { return }
        let header = try? ChangeCodec.decodeHeader(Array(change.headerBytes))
        if header == nil { throw Violation("a change that no other node would take") }
    }

    /// The errors that a client may earn; all others are ours.
    private static func foreseen(_ body: () throws -> Void) throws(Violation) {
        do { try body() } catch let violation as Violation { throw violation } catch {
            switch error {
            case StoreError.badCursor, StoreError.badToken, StoreError.noSuchRecord,
                StoreError.ambiguousID, StoreError.stale, StoreError.conflictMoved,
                StoreError.disputed, StoreError.tooLarge:
                return
            default: throw Violation("\(error)")
            }
        }
    }
}
