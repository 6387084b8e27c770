import Foundation
import GRDB
import SyncCore
import SyncSession
import WireFormat

/// The store's part of an exchange: what goes into a request or an answer follows only from the
/// peer's message and the tables.
struct Exchange {
    let db: Database
    let identity: Identity
    let logs: LogTable

    init(_ db: Database, identity: Identity) throws {
        self.db = db
        self.identity = identity
        logs = try LogTable(db)
    }

    private func lookup(run: Int64, sequence: UInt64) throws -> UInt64 {
        try SegmentTable.hash(run: run, sequence: sequence, db).prefix
    }

    func isStored(_ reference: Reference) throws -> Bool {
        try logs.tree(of: reference.log)?
            .locate(sequence: reference.sequence, prefix: reference.prefix, lookup) != nil
    }

    // MARK: County

    func request(_ plan: ExchangePlan) throws -> ExchangeRequest {
        var request = ExchangeRequest(
            scopes: [], answerBudgetBytes: plan.answerBudgetBytes, deferred: plan.deferred.sorted())
        var lacking: [Delta.Missing] = []
        for scope in plan.scopes {
            let own = logs.report(of: scope.view.scope)
            let isChanged = own.digest != scope.view.digest
            request.scopes.append(
                ScopeReport(
                    scope: own.scope, digest: own.digest,
                    clock: scope.sendsClock || isChanged ? own.clock : nil))
            guard isChanged, let clock = own.clock else { continue }
            let hubClock = scope.view.clock ?? .empty
            let mismatched = try Delta.mismatched(own: clock, peer: hubClock, isStored: isStored)
            let marks = plan.marks.filter { mismatched.contains($0.log) }
            request.marks += marks
            if plan.withholdsSegments { continue }
            lacking += try missing(at: hubClock, scope: own.scope, marks: marks)
        }
        _ = try collect(
            Delta.ordered(lacking, deferred: plan.deferred), budgetBytes: plan.budgetBytes,
            &request.segments)
        request.marks = Array(request.marks.prefix(Limits.lookupsPerExchange))
        request.receiptsWanted = Array(try receiptsWanted(plan).prefix(Limits.lookupsPerExchange))
        return request
    }

    /// Own tips that the hub holds by its clock, but has not signed for.
    private func receiptsWanted(_ plan: ExchangePlan) throws -> [Reference] {
        var wanted: [Reference] = []
        for scope in plan.scopes {
            for tree in logs.trees(in: scope.view.scope) where tree.log.node == identity.node {
                for tip in tree.tips where scope.view.clock?[tree.log].contains(tip) ?? false {
                    if try !ReceiptTable.covers(tree.log, tip, logs: logs, db) {
                        wanted.append(
                            Reference(log: tree.log, sequence: tip.sequence, hash: tip.hash))
                    }
                }
            }
        }
        return wanted
    }

    // MARK: Hub

    /// The answer after the commit, about the scopes that are the sender's. `applied`: what came
    /// of the request's segments.
    func answer(
        _ request: ExchangeRequest, to sender: Member, applied: ApplyReport
    ) throws -> ExchangeAnswer {
        let reports = request.scopes.filter { sender.scopes.contains($0.scope) }
        var answer = ExchangeAnswer(scopes: [], refusals: applied.refusals)
        var lacking: [Delta.Missing] = []
        for report in reports {
            let own = logs.report(of: report.scope)
            let isEqual = own.digest == report.digest
            answer.scopes.append(
                ScopeReport(
                    scope: own.scope, digest: own.digest, clock: isEqual ? nil : own.clock))
            // Without the peer's clock its digest says only that something differs.
            guard !isEqual, let clock = report.clock else { continue }
            lacking += try missing(at: clock, scope: report.scope, marks: request.marks)
        }
        answer.hasMore = try !collect(
            Delta.ordered(lacking, deferred: request.deferred),
            budgetBytes: request.answerBudgetBytes, &answer.segments)
        let scopes = Set(reports.map(\.scope))
        answer.confirmedMarks = try request.marks.filter {
            try scopes.contains($0.log.scope) && isStored($0)
        }
        answer.receipts = try receipts(
            for: applied.held
                + request.receiptsWanted.filter { scopes.contains($0.log.scope) })
        answer.wanted = try wanted(in: scopes)
        return answer
    }

    /// For each log the highest change asked about that is stored here.
    private func receipts(for references: [Reference]) throws -> [Receipt] {
        var highest: [LogID: Run.Point] = [:]
        for reference in references {
            guard
                let tree = logs.tree(of: reference.log),
                let point = try tree.locate(
                    sequence: reference.sequence, prefix: reference.prefix, lookup)
            else { continue }
            let isHigher = highest[reference.log].map { $0.sequence < point.sequence }
            if isHigher ?? true { highest[reference.log] = point }
        }
        return try highest.sorted { $0.key < $1.key }.map { log, point in
            let hash = try SegmentTable.hash(run: point.run, sequence: point.sequence, db)
            return ReceiptCodec.issue(
                log: log, sequence: point.sequence, hash: hash, key: identity.key)
        }
    }

    /// What stored changes of these scopes wait for.
    private func wanted(in scopes: Set<Scope>) throws -> [Reference] {
        try WantedReader.wanted(db, limit: Limits.referencesPerMessage)
            .filter { scopes.contains($0.log.scope) }
    }

    // MARK: Segments

    private func missing(
        at peer: VectorClock, scope: Scope, marks: [Reference]
    ) throws -> [Delta.Missing] {
        try Delta.missing(at: peer, from: logs.trees(in: scope), marks: marks, lookup)
    }

    /// Adds the segments that a peer lacks, in order, until the budget is passed. Returns whether
    /// that was all.
    private func collect(
        _ missing: [Delta.Missing], budgetBytes: Int, _ segments: inout [[UInt8]]
    ) throws -> Bool {
        var budget = ByteBudget(bytes: budgetBytes)
        for log in missing {
            for range in log.ranges {
                var isComplete = true
                try SegmentTable.eachSegment(run: range.run, range.sequences, db) { encoded, _ in
                    if budget.isSpent || segments.count >= Limits.segmentsPerMessage {
                        isComplete = false
                        return false
                    }
                    budget.spend(encoded.count)
                    segments.append(encoded)
                    return true
                }
                if !isComplete { return false }
            }
        }
        return true
    }
}
