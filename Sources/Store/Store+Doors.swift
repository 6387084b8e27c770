import GRDB
import SyncCore
import WireFormat

/// The two doors through which records are written.
extension Store {
    public func append(_ edit: Edit) throws -> Appended {
        try write { db in
            // Within the transaction: the one before it may have minted a new incarnation.
            var door = try AppendDoor(db, identity: identity, now: clock(), random: random)
            return try door.append(edit)
        }
    }

    /// Several edits in one transaction: all of them or none.
    public func append(_ edits: [Edit]) throws -> [Appended] {
        try write { db in
            var door = try AppendDoor(db, identity: identity, now: clock(), random: random)
            return try edits.map { try door.append($0) }
        }
    }

    /// Stores what other nodes wrote. `sender`: at the hub, whose message this is.
    public func apply(_ encoded: [[UInt8]], from sender: Member? = nil) throws -> ApplyReport {
        if encoded.isEmpty { return ApplyReport() }
        return try apply(encoded, from: sender) { _, report in report }
    }

    /// In transactions of so many changes, since people's edits wait for each. What `finish` writes
    /// is in the last.
    func apply<T>(
        _ encoded: [[UInt8]], from sender: Member?,
        finish: (Database, ApplyReport) throws -> T
    ) throws -> T {
        let decoding = try decoding(encoded)
        var report = ApplyReport()
        while true {
            let finished: T? = try write { db in
                var door = try ApplyDoor(db, identity: identity, now: clock(), sender: sender)
                try door.apply(decoding, atMost: changesPerTransaction, &report)
                if door.hasLearnedOwn {
                    try mint(db)
                    report.didMint = true
                }
                return decoding.isAtEnd ? try finish(db, report) : nil
            }
            if let finished { return finished }
        }
    }

    private func decoding(_ encoded: [[UInt8]]) throws -> SegmentDecoding {
        let declared = encoded.map(SegmentCodec.declared)
        let nodes = Set(declared.lazy.compactMap(\.log).map(\.node))
        return SegmentDecoding(encoded, declared: declared, keys: try keys(of: nodes))
    }

    /// As far as they are known before the transaction.
    private func keys(of nodes: Set<NodeID>) throws -> [NodeID: Set<PublicKey>] {
        if nodes.isEmpty { return [:] }
        let identity = identity
        return try read { db in
            try nodes.reduce(into: [:]) { keys, node in
                let signers = try MemberTable.signers(of: node, identity: identity, db)
                keys[node] = Set(signers.map(\.key))
            }
        }
    }
}
