import Foundation
import GRDB
import SyncCore
import WireFormat

extension Store {
    /// A stored change by its id, with its segment if it is sealed.
    public func change(_ id: ShortID) throws -> Change? {
        try reading { reader in
            for log in reader.logs.ids.keys where ShortID.hash(of: log) == id.logHash {
                for key in reader.logs.candidates(log: log, sequence: id.sequence) {
                    if let change = try SegmentTable.change(key, logs: reader.logs, reader.db),
                        id.matches(change.reference)
                    {
                        return change
                    }
                }
            }
            return nil
        }
    }

    /// All that is stored of a log, in order: at one moment, since what is sealed meanwhile would
    /// else be seen twice or not at all.
    public func contents(of log: LogID) throws -> (segments: [Segment], unsealed: [Change]) {
        try reading { reader in
            (try segments(of: log, reader), try unsealed(of: log, reader))
        }
    }

    /// The sealed segments of a log, in order.
    public func segments(of log: LogID) throws -> [Segment] {
        try reading { try segments(of: log, $0) }
    }

    private func segments(of log: LogID, _ reader: RecordReader) throws -> [Segment] {
        var segments: [Segment] = []
        for run in reader.logs.tree(of: log)?.runs ?? [] {
            try SegmentTable.eachSegment(
                run: run.id, run.firstSequence...run.last.sequence, reader.db
            ) { encoded, _ in
                segments.append(try SegmentTable.decode(encoded))
                return true
            }
        }
        return segments
    }

    /// Own changes of a log that are in no segment yet, in order.
    private func unsealed(of log: LogID, _ reader: RecordReader) throws -> [Change] {
        try (reader.logs.tree(of: log)?.runs ?? []).flatMap { run in
            try Row.fetchAll(
                reader.db,
                sql: "SELECT key, hash, entry FROM tail WHERE key BETWEEN ? AND ? ORDER BY key",
                arguments: [
                    ChangeKey(run: run.id, sequence: 1).rawValue,
                    ChangeKey(run: run.id, sequence: Limits.sequenceMax).rawValue,
                ]
            ).map { row in
                try SegmentTable.tailChange(
                    ChangeKey(rawValue: row[0]), hash: row.digest(1), entry: row.bytes(2),
                    logs: reader.logs)
            }
        }
    }
}
