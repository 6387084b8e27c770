import Rehearsal
import Foundation
import Records

/// What a soak came to, in words and as one line of JSON.
struct Outcome {
    let scene: Scene
    let upkeep: Upkeep
    let exchanges: Int
    /// After the last fault; nil if they never were.
    let evenSeconds: Double?

    var violations: [String] { scene.ledger.violations }

    private var tally: Tally { scene.tally }
    private var edits: [(name: String, count: Int)] { tally.all("acknowledged ") }
    private var acknowledged: Int { edits.reduce(0) { $0 + $1.count } }
    private var worstCounty: Upkeep.Trend? {
        upkeep.trends.filter { $0.node != scene.hub.name }
            .max { $0.slopeKiBPerMinute < $1.slopeKiBPerMinute }
    }
    private var hub: Upkeep.Trend? { upkeep.trends.last { $0.node == scene.hub.name } }
    private var openConflicts: Int {
        scene.ledger.conflicts.count - closedConflicts
    }
    private var closedConflicts: Int { tally["conflicts closed"] }
    private var decisions: Int { tally.all("decided ").reduce(0) { $0 + $1.count } }

    // MARK: Words

    var lines: [String] {
        let seconds = scene.options.minutes * 60
        return [
            "seed \(scene.options.seed), \(scene.options.minutes) minutes, "
                + "\(scene.counties.count) counties",
            "acknowledged \(acknowledged) (\(Int(Double(acknowledged) / seconds)) a second): "
                + list(edits),
            "unknown outcomes \(tally["unknown"]), of which stored "
                + "\(tally["unknown but stored"]), unchanged \(tally["unchanged"]), kept both "
                + "\(tally["kept both"]), reads \(tally["reads"]), refused: "
                + list(tally.all("refused ")),
            "decisions \(decisions): " + list(tally.all("decided ")),
            "conflicts \(scene.ledger.conflicts.count) opened, \(closedConflicts) closed, "
                + "\(openConflicts) open",
            "blows: " + list(tally.all("blow ")) + "; lines: " + list(tally.all("line ")),
            "exchanges \(exchanges); "
                + (evenSeconds.map { String(format: "even after %.1f s", $0) } ?? "never even")
                + "; records audited \(tally["audited records"])",
        ] + upkeepLines
            + (violations.isEmpty
                ? ["no violation"] : violations.prefix(30).map { "VIOLATION \($0)" })
    }

    private func list(_ counts: [(name: String, count: Int)]) -> String {
        counts.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
    }

    private var upkeepLines: [String] {
        let trends = [("hub", hub), ("worst county", worstCounty)].compactMap { title, trend in
            trend.map { "memory, \(title) \($0.node): \(words($0))" }
        }
        let opens = [("files", upkeep.files), ("threads", upkeep.threads)].map { what, opens in
            let words = opens.sorted { $0.key < $1.key }.filter {
                $0.key == scene.hub.name || $0.key == widest(opens)
            }.map { "\($0.key) \($0.value.first)/\($0.value.last)/\($0.value.max)" }
            return "\(what) first/last/max: " + words.joined(separator: ", ")
        }
        return trends + opens
    }

    /// The county that gained most.
    private func widest(_ opens: [String: Upkeep.Open]) -> String? {
        opens.filter { $0.key != scene.hub.name }
            .max {
                ($0.value.last - $0.value.first, $0.key) < ($1.value.last - $1.value.first, $1.key)
            }?
            .key
    }

    private func words(_ trend: Upkeep.Trend) -> String {
        """
        \(Int(trend.slopeKiBPerMinute)) KiB/min over \(Int(trend.seconds)) s (at most \
        \(Int(trend.allowedKiBPerMinute))), RSS \(Int(trend.firstKiB)) to \(Int(trend.lastKiB)) KiB, \
        store \(Int(trend.storeFirstKiB)) to \(Int(trend.storeLastKiB)) KiB
        """
    }

    // MARK: JSON

    var json: JSON {
        [
            "minutes": count(Int(scene.options.minutes.rounded())),
            "seconds": count(Int(scene.options.minutes * 60)),
            "seed": .integer(Int64(scene.options.seed)),
            "counties": count(scene.counties.count),
            "edits_acknowledged": count(acknowledged), "by_kind": object(edits),
            "unknown_outcomes": count(tally["unknown"]),
            "unknown_but_stored": count(tally["unknown but stored"]),
            "stale_412": count(tally["refused stale"]),
            "kept_both": count(tally["kept both"]), "decisions": count(decisions),
            "decisions_by_class": object(tally.all("decided ")),
            "kills": object(tally.all("blow ")), "lines": object(tally.all("line ")),
            "exchanges": count(exchanges),
            "even_ms": evenSeconds.map { count(Int($0 * 1000)) } ?? .null,
            "conflicts_opened": count(scene.ledger.conflicts.count),
            "conflicts_closed": count(closedConflicts),
            "memory": .array([hub, worstCounty].compactMap(\.self).map(trend)),
            "fds": opens(upkeep.files), "threads": opens(upkeep.threads),
            "violations": .array(violations.map { .string($0) }),
        ]
    }

    private func count(_ number: Int) -> JSON { .integer(Int64(number)) }

    private func object(_ counts: [(name: String, count: Int)]) -> JSON {
        .object(Dictionary(uniqueKeysWithValues: counts.map { ($0.name, count($0.count)) }))
    }

    private func trend(_ trend: Upkeep.Trend) -> JSON {
        [
            "node": .string(trend.node), "seconds": count(Int(trend.seconds)),
            "kib_per_minute": count(Int(trend.slopeKiBPerMinute)),
            "allowed_kib_per_minute": count(Int(trend.allowedKiBPerMinute)),
            "rss_first_kib": count(Int(trend.firstKiB)), "rss_last_kib": count(Int(trend.lastKiB)),
            "store_first_kib": count(Int(trend.storeFirstKiB)),
            "store_last_kib": count(Int(trend.storeLastKiB)),
            "course_kib": .array(trend.courseKiB.map { count(Int($0)) }),
        ]
    }

    private func opens(_ opens: [String: Upkeep.Open]) -> JSON {
        .object(
            opens.mapValues {
                ["first": count($0.first), "last": count($0.last), "max": count($0.max)]
            })
    }
}
