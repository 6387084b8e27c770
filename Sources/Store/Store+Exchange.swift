import Foundation
import GRDB
import SyncCore
import SyncSession
import WireFormat

/// The store's calls in the order of an exchange.
extension Store {
    // MARK: County side

    /// What the node knew of the hub when it stopped.
    public func hubViews() throws -> [HubView] {
        try read { db in
            try identity.ownScopes.map { scope in
                let clock = try HubClockTable.read(scope, db)
                return HubView(scope: scope, clock: clock, digest: clock?.digest)
            }
        }
    }

    /// Seals the open tail, then puts the next request together.
    public func prepare(_ plan: ExchangePlan) throws -> ExchangeRequest {
        try readSealed { db in try Exchange(db, identity: identity).request(plan) }
    }

    /// Commits what the hub answered.
    public func absorb(
        _ answer: ExchangeAnswer, sent: ExchangeRequest
    ) throws -> AbsorbedAnswer {
        let identity = identity
        if !answer.refusals.isEmpty { try noteDamage(in: sent.segments) }
        if answer.segments.isEmpty, answer.receipts.isEmpty, answer.refusals.isEmpty,
            answer.scopes.allSatisfy({ $0.clock == nil })
        {
            // An idle poll writes nothing, unless the hub's clock became equal to ours just now.
            if let reports = try reportsIfCurrent(answer) {
                return AbsorbedAnswer(reports: reports, newChanges: 0, refused: [], received: [])
            }
        }
        return try apply(answer.segments, from: nil) { db, report in
            let logs = try LogTable(db)
            for receipt in answer.receipts {
                guard ReceiptCodec.isSigned(receipt, by: identity.hubKey),
                    let id = logs.ids[receipt.log]
                else { continue }
                try ReceiptTable.insert(receipt, log: id, at: clock(), db)
            }
            for refusal in answer.refusals {
                try RefusalTable.note(refusal, atHub: true, at: clock(), db)
            }
            try noteHubClocks(answer, logs, db)
            if !report.didMint, try showsUnknownOwn(answer.scopes, db) { try mint(db) }
            return AbsorbedAnswer(
                reports: identity.ownScopes.map(logs.report), newChanges: report.newChanges,
                refused: report.refusals, received: report.held, forked: report.forked)
        }
    }

    /// Of the node's own scopes; nil if the hub's clock of any is not the one that was noted last.
    private func reportsIfCurrent(_ answer: ExchangeAnswer) throws -> [ScopeReport]? {
        try read { db in
            let isCurrent = try answer.scopes.allSatisfy { hub in
                try HubClockTable.read(hub.scope, db)?.digest == hub.digest
            }
            return try isCurrent ? identity.ownScopes.map(LogTable(db).report) : nil
        }
    }

    private func noteHubClocks(_ answer: ExchangeAnswer, _ logs: LogTable, _ db: Database) throws {
        for report in answer.scopes {
            let own = logs.report(of: report.scope)
            if let hub = report.clock ?? (own.digest == report.digest ? own.clock : nil) {
                try HubClockTable.write(hub, of: report.scope, at: now, db)
            }
        }
    }

    /// The other side holds a change of the current incarnation that is not stored here.
    private func showsUnknownOwn(_ scopes: [ScopeReport], _ db: Database) throws -> Bool {
        let own = scopes.compactMap(\.clock).flatMap(\.entries).filter {
            $0.log.node == identity.node && $0.log.incarnation == identity.incarnation
        }
        if own.isEmpty { return false }
        let exchange = try Exchange(db, identity: identity)
        return try own.contains { entry in
            try entry.tips.contains { tip in
                try !exchange.isStored(
                    Reference(log: entry.log, sequence: tip.sequence, hash: tip.hash))
            }
        }
    }

    /// Segments leave as they lie. When the other side refuses some, they may have been damaged
    /// here.
    private func noteDamage(in segments: [[UInt8]]) throws {
        if knownDamage != nil { return }
        let identity = identity
        let damaged = try read { db in
            try segments.first { encoded in
                guard let segment = try? SegmentCodec.decode(encoded) else { return true }
                return try !MemberTable.signers(of: segment.log.node, identity: identity, db)
                    .contains { SegmentCodec.isSigned(segment, by: $0.key) }
            }
        }
        guard let damaged else { return }
        let log = SegmentCodec.declared(damaged).log
        note(damage: "a stored segment\(log.map { " of \($0)" } ?? "") is not as it was signed")
    }

    // MARK: Hub side

    /// Commits the request's segments, then answers.
    public func exchange(
        _ request: ExchangeRequest, from sender: Member
    ) throws -> (answer: ExchangeAnswer, applied: ApplyReport) {
        var applied = try apply(request.segments, from: sender)
        // The hub went back. Its own past may be withheld for long, and it writes meanwhile.
        if request.scopes.contains(where: { $0.clock != nil }),
            try read({ db in try showsUnknownOwn(request.scopes, db) })
        {
            try write { db in
                if try showsUnknownOwn(request.scopes, db) { try mint(db) }
            }
            applied.didMint = true
        }
        let answer = try readSealed { db in
            try Exchange(db, identity: identity).answer(request, to: sender, applied: applied)
        }
        if !request.deferred.isEmpty { try noteDamage(in: answer.segments) }
        return (answer, applied)
    }

    /// Digests of the scopes, without clocks.
    public func reports(of scopes: [Scope]? = nil) throws -> [ScopeReport] {
        try read { db in try (scopes ?? identity.ownScopes).map(LogTable(db).report) }
    }

    /// A change leaves only in a segment whose borders are on disk. Mostly nothing is unsealed; what
    /// is written between the seal and the look is in the clock, and leaves next time.
    private func readSealed<T>(_ body: (Database) throws -> T) throws -> T {
        if let result = try read({ db in try Tail.isEmpty(db) ? body(db) : nil }) { return result }
        try seal()
        return try read(body)
    }

    public func sealTail() throws {
        if try !read(Tail.isEmpty) { try seal() }
    }

    private func seal() throws {
        let identity = identity
        try write { db in
            try Tail.sealAll(try LogTable(db), identity: identity, at: clock(), db)
        }
    }
}
