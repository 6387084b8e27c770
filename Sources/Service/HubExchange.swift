import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Store
import SyncCore
import SyncHTTP
import SyncSession

/// The hub's side of the sync protocol, on top of its store.
extension Node {
    public func syncRouter() -> Router<BasicRequestContext> {
        let router = Router()
        let identity = identity
        let boot = store.random(8).reduce(0) { $0 << 8 | UInt64($1) }
        let authentication = HubAuthentication(
            node: identity.node, key: identity.key, boot: boot, clock: store.clock)
        SyncRoutes(
            handlers: HubHandlers(
                grant: { [store] node in
                    let member = try await offload { try store.member(node) }
                    return member.map { ($0.key, $0.scopes) }
                },
                exchange: { [self] request, node in try await exchange(request, node) },
                wake: { [self] request, _ in try await wake(request) }),
            authentication: authentication, logger: logger
        ).add(to: router)
        return router
    }

    private func exchange(_ request: ExchangeRequest, _ node: NodeID) async throws -> ExchangeAnswer
    {
        let (answer, applied) = try await offload { [store] in
            guard let member = try store.member(node) else { throw StoreError.noSuchRecord }
            return try store.exchange(request, from: member)
        }
        counters.add("sync_requests_total")
        counters.add("sync_changes_received_total", applied.newChanges)
        counters.add("sync_segments_sent_total", answer.segments.count)
        for refusal in applied.refusals {
            counters.add("sync_segments_refused_total")
            logger.notice(
                "segment refused",
                metadata: [
                    "node": "\(node)", "rule": "\(refusal.rule.name)",
                    "log": "\(refusal.log?.description ?? "-")",
                    "first": "\(refusal.firstSequence)",
                ])
        }
        changed(applied.scopes)
        indexNamesLater()
        return answer
    }

    /// Names the scopes whose digest differs from what the node knows, as soon as there is one.
    private func wake(_ request: WakeRequest) async throws -> WakeAnswer {
        let scopes = request.scopes.map(\.scope)
        let news = news.subscribe(Set(scopes))
        let known = Dictionary(uniqueKeysWithValues: request.scopes.map { ($0.scope, $0.digest) })
        @Sendable func changed() async throws -> [ScopeReport] {
            let reports = try await offload { [store] in try store.reports(of: scopes) }
            return reports.filter { $0.digest != known[$0.scope] }.map {
                ScopeReport(scope: $0.scope, digest: $0.digest)
            }
        }
        let already = try await changed()
        if !already.isEmpty { return WakeAnswer(scopes: already) }
        await withTaskGroup { group in
            group.addTask { for await _ in news { return } }
            group.addTask {
                try? await Task.sleep(for: .seconds(Limits.wakeSeconds))
            }
            await group.next()
            group.cancelAll()
        }
        return WakeAnswer(scopes: try await changed())
    }
}
