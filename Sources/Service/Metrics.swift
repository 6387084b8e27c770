import Store
import SyncCore

/// `/metrics` in Prometheus' text format 0.0.4.
enum Metrics {
    static func text(_ node: Node, _ status: StoreStatus) -> String {
        var lines: [String] = []
        func gauge(_ name: String, _ help: String, _ value: Int) {
            lines.append("# HELP creditsync_\(name) \(help)")
            lines.append("# TYPE creditsync_\(name) gauge")
            lines.append("creditsync_\(name) \(value)")
        }
        gauge("changes", "Changes stored.", status.changes)
        gauge("segments", "Sealed segments stored.", status.segments)
        gauge("unsealed_changes", "Own changes in no segment yet.", status.unsealed)
        gauge("open_conflicts", "Conflicts that wait for a person.", status.openConflicts)
        gauge("waiting_changes", "Changes that wait for others.", status.waiting)
        gauge("refused_segments", "Segments on record as refused.", status.refusals)
        gauge("pending_upload", "Own changes that the hub has not shown.", status.pendingUpload)
        gauge(
            "forked_logs", "Logs with more than one branch.",
            status.logs.count { $0.branches > 1 })
        gauge(
            "damaged", "1 when stored data was found damaged: run creditsync repair.",
            node.store.knownDamage == nil ? 0 : 1)
        gauge("database_bytes", "Size of the database.", status.databaseBytes)
        let sync = node.monitor.status
        gauge("sync_requests", "Exchanges begun since start.", sync.requests)
        if let last = sync.lastSuccess {
            gauge("last_sync_seconds", "Unix time of the last sync.", Int(last / 1000))
        }
        gauge(
            "clock_skew_milliseconds", "The hub's time less this node's.",
            Int(sync.skewMilliseconds))
        for (name, value) in node.counters.all {
            lines.append("# TYPE creditsync_\(name) counter")
            lines.append("creditsync_\(name) \(value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
