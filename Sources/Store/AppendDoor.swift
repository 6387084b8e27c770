import Foundation
import GRDB
import Records
import SyncCore
import WireFormat

/// The write door for what people do here: one transaction from the shown context to the new
/// change, its projection and its conflict rows.
struct AppendDoor {
    let db: Database
    let identity: Identity
    var logs: LogTable
    /// Milliseconds UTC.
    let now: Int64
    let random: (Int) -> [UInt8]

    init(_ db: Database, identity: Identity, now: Int64, random: @escaping (Int) -> [UInt8]) throws
    {
        self.db = db
        self.identity = identity
        self.now = now
        self.random = random
        logs = try LogTable(db)
    }

    mutating func append(_ edit: Edit) throws -> Appended {
        switch edit.target {
        case .new(let type, let scope, let lane):
            let header = ChangeHeader(
                kind: .edit, record: .creates(type: type),
                groups: edit.writes.keys.map { GroupEdit(group: $0, replaces: []) },
                author: edit.author, claimedTime: now)
            let values = try edit.writes.map { group, write in
                GroupValue(group: group, bytes: try value(write, over: []))
            }
            let change = try write(
                header, values: values, edit, in: log(scope: scope, lane: lane))
            return try result(change.reference, record: change.reference)
        case .existing(let record):
            return try append(edit, to: record)
        }
    }

    private mutating func append(_ edit: Edit, to record: Reference) throws -> Appended {
        let reader = RecordReader(db: db, logs: logs, identity: identity)
        guard let row = try RecordTable.find(record, logs: logs, db) else {
            throw StoreError.noSuchRecord
        }
        let rows = try StoryTable.rows(of: row, logs: logs, hub: identity.hub, db)
        let state = try RecordTable.state(row, logs: logs, hub: identity.hub)
        guard state.isVisible else { throw StoreError.noSuchRecord }
        // What other programs made of such a record can be decided, and only that.
        let isInsertOnly = Catalogue.type(named: state.type)?.isInsertOnly ?? false
        if isInsertOnly, edit.kind == .edit { throw StoreError.insertOnly }
        let context = try reader.context(edit.basis, row: row, rows: rows, state: state)
        // Two changes whose hashes begin alike share a reference, and somebody may have tried.
        let shown = Dictionary(
            rows.map { ($0.change.reference, $0.change) }, uniquingKeysWith: { first, _ in first })

        var values: [GroupValue] = []
        for (group, write) in edit.writes {
            let before = Set(context.shown(group).compactMap { shown[$0]?.value(of: group) })
            // A decision says the whole value: fields over several values would drop some.
            if before.count > 1 {
                guard edit.kind == .decision, case .verbatim = write else {
                    throw StoreError.disputed(group)
                }
            }
            let bytes = try value(write, over: before.count == 1 ? Array(before)[0] : [])
            // A decision says the same value again: that is what closes the conflict.
            if edit.kind == .edit, before == [bytes] { continue }
            values.append(GroupValue(group: group, bytes: bytes))
        }
        if edit.kind != .join, values.isEmpty {
            return try result(nil, record: record)
        }
        let header = ChangeHeader(
            kind: edit.kind, record: .of(record), parents: context.heads,
            groups: values.map { GroupEdit(group: $0.group, replaces: context.shown($0.group)) },
            author: edit.author, claimedTime: now)
        let change = try write(
            header, values: values, edit,
            in: log(scope: record.log.scope, lane: record.log.lane))
        return try result(change.reference, record: record)
    }

    private func value(_ write: Edit.GroupWrite, over before: [UInt8]) throws -> [UInt8] {
        switch write {
        case .verbatim(let bytes): return bytes
        case .fields(let fields):
            var entries = StateValues.fields(before).filter { fields[$0.key] == nil }
            for (field, value) in fields where value != .null {
                entries.append(Value.Entry(field, value))
            }
            return ValueCodec.encode(group: entries)
        }
    }

    private func log(scope: Scope, lane: Lane) -> LogID {
        LogID(node: identity.node, incarnation: identity.incarnation, scope: scope, lane: lane)
    }

    /// Mints the next sequence of an own log and stores the change, durable with the commit.
    private mutating func write(
        _ header: ChangeHeader, values: [GroupValue], _ edit: Edit, in log: LogID
    ) throws -> Change {
        precondition(header.isConsistent, "an edit that the model forbids was let through")
        precondition(AuthorCode.isValid(edit.author), "callers check who is asking")
        guard (edit.reason ?? "").utf8.count <= Limits.reasonBytes else {
            throw StoreError.tooLarge("a reason holds at most \(Limits.reasonBytes) bytes")
        }
        let payloadBytes = ChangeCodec.encode(
            Payload(schemaVersion: edit.schemaVersion, values: values, reason: edit.reason))
        let headerBytes = ChangeCodec.encode(header)
        guard headerBytes.count + payloadBytes.count + 5 <= Limits.changeBytes else {
            throw StoreError.tooLarge("a change holds at most \(Limits.changeBytes) bytes")
        }
        guard header.referenceCount <= Limits.referencesPerChange else {
            throw StoreError.tooLarge(
                "a change names at most \(Limits.referencesPerChange) others")
        }
        // A forked own log is never written again: `apply` mints a new incarnation.
        let runs = logs.tree(of: log)?.runs ?? []
        precondition(runs.count <= 1, "the current incarnation's log is not forked")
        let sequence = (runs.first?.last.sequence ?? 0) + 1
        let previous = runs.first?.last.hash ?? .zero
        let place = ChangeCodec.place(log: log, sequence: sequence, previousHash: previous)
        // The run's row must exist before its salts can be kept.
        let block = SaltSecret.block(of: sequence)
        let runID = try runs.first?.id ?? newRun(log)
        let secret = try Tail.secret(run: runID, block: block, random: random, db)
        let hash = ChangeHash.change(
            place: place, headerBytes: headerBytes.span.bytes,
            payload: ChangeHash.payload(payloadBytes.span.bytes, salt: secret.salt(for: sequence)))
        let change = Change(
            log: log, sequence: sequence, header: header, headerBytes: headerBytes,
            payloadBytes: payloadBytes, hash: hash)
        _ = try logs.extend(
            log, run: runID, parent: nil, firstSequence: 1,
            last: Tip(sequence: sequence, hash: hash), db)
        let key = ChangeKey(run: runID, sequence: sequence)
        try db.cachedStatement(sql: "INSERT INTO tail (key, hash, entry) VALUES (?, ?, ?)")
            .execute(arguments: [
                key.rawValue, hash.bytes.blob,
                change.entry.blob,
            ])
        var projector = try Projector(db, hub: identity.hub)
        try projector.add(change, at: key, logs)
        try projector.finish(logs)
        // A full run is compressed as it is written, never during an exchange.
        if SaltSecret.block(of: sequence + 1) != block {
            try Tail.seal(run: runID, logs, identity: identity, at: now, db)
        }
        return change
    }

    private mutating func newRun(_ log: LogID) throws -> Int64 {
        try logs.extend(
            log, run: nil, parent: nil, firstSequence: 1, last: Tip(sequence: 0, hash: .zero), db)
    }

    private func result(_ change: Reference?, record: Reference) throws -> Appended {
        let reader = RecordReader(db: db, logs: logs, identity: identity)
        guard let stored = try reader.record(record) else { throw StoreError.noSuchRecord }
        return Appended(change: change, record: stored)
    }
}
