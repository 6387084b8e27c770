import Store
import SyncCore
import WireFormat

/// A stored segment of which a bit flipped while nobody looked: found when somebody looks, and
/// mended from whoever holds it.
struct BitRot {
    let log: LogID
    /// As it was.
    let segment: Segment

    /// Into the file of a machine that is switched off for a moment. Nil: it holds no segment.
    static func strike(_ machine: Machine, _ files: FileDisk, _ dice: Dice) throws -> BitRot? {
        let store = try machine.inspected()
        let logs = try store.status().logs.map(\.log)
        guard let log = dice.pick(logs),
            let bytes = dice.pick(try store.exportedSegments(of: log)?.encoded ?? [])
        else { return nil }
        // What is in the log's file only comes into the database first.
        machine.stop()
        // The rest of a long one is on other pages.
        let part = Array(bytes.prefix(400))
        guard files.flip(dice.roll(0...(8 * part.count - 1)), in: part) else { return nil }
        machine.world.trace("a bit of \(log) flips at \(machine.name)")
        return try BitRot(log: log, segment: SegmentCodec.decode(bytes))
    }

    /// Whether the machine reads something else than it stored. Other bytes may say the same.
    func isSeen(in store: Store) throws -> Bool {
        let stored = try store.exportedSegments(of: log)?.encoded ?? []
        return !stored.contains { bytes in
            guard let found = try? SegmentCodec.decode(bytes) else { return false }
            return found.encoded == segment.encoded
                || found.changes.map(\.hash) == segment.changes.map(\.hash)
        }
    }
}

extension World {
    /// Somebody looks after a machine. What cannot be mended is lost, and the machine is set up anew.
    func lookAfter(_ machine: Machine, _ dice: Dice) throws {
        guard let rot = machine.rot else { return }
        let isMended = try machine.administer { store in
            let isSound = try store.verify().isSound
            if try isSound && rot.isSeen(in: store) {
                throw violation("\(machine.name) does not notice its damage", promise: "bit rot")
            }
            return try isSound || mend(machine, store)
        }
        trace("\(machine.name) is \(isMended ? "mended" : "beyond mending")")
        if isMended {
            machine.rot = nil
        } else if let county = machine as? CountyMachine {
            try reenrol(county, dice)
        } else {
            try loseHub()
        }
    }

    /// From the first peer that holds what is missing.
    private func mend(_ machine: Machine, _ store: Store) throws -> Bool {
        for peer in machines where peer !== machine {
            let there = try peer.inspected()
            let segments = try there.status().logs.flatMap {
                try there.exportedSegments(of: $0.log)?.encoded ?? []
            }
            do {
                guard try store.repair(with: segments) > 0 else { continue }
            } catch StoreError.damaged { continue }
            let found = try store.verify()
            guard found.isSound else {
                throw violation("\(machine.name), mended: \(found.problems)", promise: "bit rot")
            }
            return true
        }
        return false
    }
}
