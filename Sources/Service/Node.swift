import Foundation
import Logging
import Records
import Store
import SyncCore
import SyncHTTP
import SyncSession
import Synchronization

/// One node: a store, and what keeps it in touch. County and hub are the same program with
/// different parts switched on.
public final class Node: Sendable {
    public let store: Store
    public let logger: Logger
    /// Nothing more is taken in below it; reading and fetching go on.
    public let diskFloor: DiskFloor
    let news = NewsBoard()
    let monitor = SyncMonitor()
    private let isIndexing = Mutex(false)
    private let saysDamaged = Mutex(false)
    /// Local changes and wishes to sync, for the loop.
    let syncEvents: AsyncStream<CountySession.Event>
    private let syncInbox: AsyncStream<CountySession.Event>.Continuation
    public let counters = Counters()

    public init(store: Store, logger: Logger, diskFloor: DiskFloor = .none) {
        self.store = store
        self.logger = logger
        self.diskFloor = diskFloor
        (syncEvents, syncInbox) = AsyncStream.makeStream()
    }

    public var identity: Identity { store.identity }

    /// Full-text work follows behind: nobody waits for it, and a search does what is left of it.
    func indexNamesLater() {
        let isFirst = isIndexing.withLock { isIndexing in
            defer { isIndexing = true }
            return !isIndexing
        }
        guard isFirst else { return }
        Task {
            defer { isIndexing.withLock { $0 = false } }
            do { try await offload { [store] in try store.indexNames() } } catch {
                logger.error("names not indexed", metadata: ["error": "\(error)"])
            }
        }
    }

    /// What was met of what is stored here and contradicts itself.
    var damage: Bilingual? { store.knownDamage.map(Bilingual.init(damage:)) }

    /// Tells the operator once, until it is mended.
    func warnOfDamage() {
        let what = store.knownDamage
        let isNews = saysDamaged.withLock { says in
            defer { says = what != nil }
            return !says
        }
        guard isNews, let what else { return }
        logger.error("stored data is damaged: run creditsync repair", metadata: ["what": "\(what)"])
    }

    public var isHub: Bool { identity.role == .hub }

    /// Someone wrote here: county nodes push it, a hub wakes the polls of its counties.
    func changed(_ scopes: Set<Scope>) {
        if scopes.isEmpty { return }
        if isHub { news.post(scopes) } else { syncInbox.yield(.localChange) }
    }

    /// Exchanges with the hub until nothing is left to do, or until it fails.
    public func syncNow() async throws -> SyncReport {
        guard !isHub, identity.hubAddress != nil else { throw Problem.noUpstream }
        let receivedBefore = monitor.status.received
        let outcome = monitor.nextOutcome { syncInbox.yield(.start) }
        let failure = await outcome.value
        let backlog = try await offload { [store] in try store.backlog() }
        return SyncReport(
            failure: failure, received: monitor.status.received - receivedBefore,
            pendingUpload: backlog.pendingUpload, openConflicts: backlog.openConflicts)
    }
}
