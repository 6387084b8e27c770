import Logging
import Records
import Store
import SyncCore
import SyncHTTP
import SyncSession

/// What came of a repair.
public struct RepairReport: Sendable {
    /// As `verify` found it afterwards.
    var verification: Verification
    /// Segments that were put back.
    var segments = 0
    /// The projection was made anew from the logs.
    var didRebuild = false
    /// Logs of which something is missing still.
    var lackingLogs: [LogID] = []
    /// Why the hub did not give all that it was asked for.
    var failure: ExchangeFailure?

    var json: JSON {
        [
            "sound": .bool(verification.isSound), "segments": .integer(Int64(segments)),
            "rebuilt": .bool(didRebuild),
            "problems": .array(verification.problems.map { .string($0) }),
            "lackingLogs": .array(lackingLogs.map { .string($0.description) }),
            "failure": failure.map { .string($0.sentence.english) } ?? .null,
            "failure_zh": failure.map { .string($0.sentence.chinese) } ?? .null,
            "unreachable": .bool(failure?.isUnreachable ?? false),
        ]
    }
}

extension Node {
    /// Puts back what was damaged, from exports of other nodes or else from the hub, and makes the
    /// projection anew if it is not what the logs say. Without damage it changes nothing.
    func repair(from files: [ExportedSegments]) async throws -> RepairReport {
        let found = try await offload { [store] in try store.verify() }
        var report = RepairReport(verification: found)
        if found.isSound { return report }
        // Where SQLite's own file is damaged no log is read; the projection may be mended still.
        do {
            try await fill(from: files, &report)
            // Registrations that came back say whose signatures count.
            if report.segments > 0, !report.verification.isSound {
                try await fill(from: files, &report)
            }
        } catch StoreError.damaged {}
        if !report.verification.isSound { try await rebuild(&report) }
        report.lackingLogs =
            try await offload { [store] in try? store.damage() }?.lackingLogs ?? []
        logger.notice(
            "repaired",
            metadata: [
                "segments": "\(report.segments)", "sound": "\(report.verification.isSound)",
            ])
        return report
    }

    private func fill(
        from files: [ExportedSegments], _ report: inout RepairReport
    ) async throws {
        var damage = try await offload { [store] in try store.damage() }
        for file in files { damage = try await offload { [damage] in try file.filling(damage) } }
        if files.isEmpty, !isHub { report.failure = await ask(forWhatIsLackingIn: &damage) }
        // Each log for itself: what is whole by now is mended, whatever else is missing.
        let segments = damage.segments
        report.segments += try await offload { [store] in try store.repair(with: segments) }
        report.verification = try await offload { [store] in try store.verify() }
    }

    /// The store refuses where a log is damaged still: what is left is for the report to say.
    private func rebuild(_ report: inout RepairReport) async throws {
        // Segments take the place of others; a rebuild writes the whole projection anew.
        if diskFloor.isBelow { return }
        do { _ = try await offload { [store] in try store.rebuild() } } catch StoreError.damaged {
            return
        }
        report.didRebuild = true
        report.verification = try await offload { [store] in try store.verify() }
    }

    /// As many exchanges as it takes: what a log lacks comes first in an answer, so little is
    /// enough. Returns what kept the hub from giving more.
    private func ask(forWhatIsLackingIn damage: inout Damage) async -> ExchangeFailure? {
        guard let client = HubClient(self) else { return nil }
        var failure: ExchangeFailure?
        while failure == nil,
            let request = damage.request(answerBudgetBytes: Limits.firstContactBytes)
        {
            do throws(ExchangeFailure) {
                let answer = try await client.exchange(request)
                if damage.take(answer.segments) == 0 { damage.giveUp(after: answer) }
            } catch { failure = error }
        }
        try? await client.shutdown()
        return failure
    }
}

extension HubClient {
    /// Nil at the hub, which has nobody to ask.
    convenience init?(_ node: Node) {
        let identity = node.identity
        guard let address = identity.hubAddress, !node.isHub else { return nil }
        self.init(
            address: address, node: identity.node, key: identity.key, hub: identity.hub,
            hubKey: identity.hubKey, clock: node.store.clock, random: node.store.random)
    }
}
