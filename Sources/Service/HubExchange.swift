import BoundedHTTP
import Hummingbird
import Logging
import Store
import SyncCore
import SyncHTTP
import SyncSession

/// The hub's side of the sync protocol, on top of its store.
extension Node {
    public func syncRouter(limits: ListenerLimits, _ roll: ConnectionRoll) -> Router<SyncContext> {
        let router = Router(context: SyncContext.self)
        let identity = identity
        let boot = store.random(8).reduce(0) { $0 << 8 | UInt64($1) }
        let authentication = HubAuthentication(
            node: identity.node, key: identity.key, boot: boot, limits: limits, clock: store.clock)
        SyncRoutes(
            handlers: HubHandlers(
                grant: { [self] in try await grant($0) },
                exchange: { [self] request, node in try await exchange(request, node) },
                wake: { [self] request, node in try await wake(request, node) }),
            authentication: authentication, roll: roll
        ).add(to: router)
        return router
    }

    private func grant(_ node: NodeID) async throws -> HubHandlers.Grant? {
        try await SyncThreads.look { [store] in
            if let member = try store.member(node) {
                return .current(key: member.key, scopes: member.scopes)
            }
            let keys = try store.formerMember(node)
            return keys.isEmpty ? nil : .former(keys: keys)
        }
    }

    private func exchange(_ request: ExchangeRequest, _ node: NodeID) async throws -> ExchangeAnswer
    {
        // It takes nothing in, but still gives.
        if !request.segments.isEmpty, diskFloor.isBelow { throw SyncProblem.diskFloor }
        defer { warnOfDamage() }
        let (answer, applied) = try await write(request, node)
        counters.add("sync_requests_total")
        counters.add("sync_changes_received_total", applied.newChanges)
        counters.add("sync_segments_sent_total", answer.segments.count)
        warn(ofForks: applied.forked)
        note(applied.refusals, of: node)
        changed(applied.scopes)
        indexNamesLater()
        return answer
    }

    /// One line for each exchange: one may bring thousands, again and again.
    private func note(_ refusals: [Refusal], of node: NodeID) {
        guard let refusal = refusals.first else { return }
        counters.add("sync_segments_refused_total", refusals.count)
        logger.notice(
            "segment refused",
            metadata: [
                "node": "\(node)", "rule": "\(refusal.rule.name)",
                "log": "\(refusal.log?.description ?? "-")",
                "first": "\(refusal.firstSequence)", "count": "\(refusals.count)",
            ])
    }

    private func write(
        _ request: ExchangeRequest, _ node: NodeID
    ) async throws -> (answer: ExchangeAnswer, applied: ApplyReport) {
        do {
            return try await SyncThreads.write { [store] in
                // Withdrawn while the request was on its way.
                guard let member = try store.member(node) else { throw SyncProblem.revoked }
                return try store.exchange(request, from: member)
            }
        } catch StoreError.busy {
            throw SyncProblem.busy(retryAfterSeconds: 5)
        } catch let error as StoreError {
            switch error {
            case .notStored, .outcomeUnknown: throw SyncProblem.outcomeUnknown(cause: error)
            default: throw error
            }
        }
    }

    /// Names the scopes whose digest differs from what the node knows, as soon as there is one.
    private func wake(_ request: WakeRequest, _ node: NodeID) async throws -> WakeAnswer {
        let scopes = request.scopes.map(\.scope)
        let news = news.subscribe(Set(scopes), for: node)
        let known = Dictionary(uniqueKeysWithValues: request.scopes.map { ($0.scope, $0.digest) })
        @Sendable func changed() async throws -> [ScopeReport] {
            let reports = try await SyncThreads.look { [store] in
                try store.reports(of: scopes)
            }
            return reports.filter { $0.digest != known[$0.scope] }.map {
                ScopeReport(scope: $0.scope, digest: $0.digest)
            }
        }
        let already = try await changed()
        if !already.isEmpty { return WakeAnswer(scopes: already) }
        let event = await withTaskGroup(of: NewsBoard.Event?.self) { group in
            group.addTask {
                for await event in news { return event }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(Limits.wakeSeconds))
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        // Not an answer without news: two machines with one name would end each other's at once.
        if event == .replaced { throw SyncProblem.busy(retryAfterSeconds: 5) }
        return WakeAnswer(scopes: try await changed())
    }
}
