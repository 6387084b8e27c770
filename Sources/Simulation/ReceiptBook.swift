import Store
import SyncCore

/// Every receipt that a county got, and whether the hub has what it signed for: always, also after
/// it crashed.
final class ReceiptBook {
    private unowned let world: World
    private var receipts: [Receipt] = []
    private var seen: Set<Receipt> = []

    init(_ world: World) { self.world = world }

    func note(_ new: [Receipt]) throws {
        for receipt in new where seen.insert(receipt).inserted {
            receipts.append(receipt)
            try check(receipt, try world.hub.inspected())
        }
    }

    func checkAll() throws {
        let hub = try world.hub.inspected()
        for receipt in receipts { try check(receipt, hub) }
    }

    private func check(_ receipt: Receipt, _ hub: Store) throws {
        // A hub that went back is told what it had; the end is checked change by change.
        if world.hadDisaster || world.hub.rot != nil { return }
        let reference = Reference(
            log: receipt.log, sequence: receipt.sequence, hash: receipt.hash)
        guard try hub.change(ShortID(reference))?.hash == receipt.hash else {
            throw world.violation(
                "the hub signed for \(reference), and does not hold it", promise: "receipts")
        }
    }
}
