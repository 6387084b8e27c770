import APIClient
import Foundation
import Rehearsal
import Records

/// Nothing lost, nothing different, every proof sound: asked of every node, not assumed.
struct DemoCheck {
    let story: Story
    let stage: Demo.Stage

    func check(_ outcome: inout Demo.Outcome) async throws {
        story.chapter(6, "核对", "the check")
        let status = try await stage.hub.get("/api/v1/status").json
        outcome.changes = Int(status["changes"]?.integer ?? 0)
        outcome.segments = Int(status["segments"]?.integer ?? 0)
        let differences = try await disagreements(among: stage.all)
        outcome.hasConverged = differences.isEmpty
        outcome.problems += differences
        for node in stage.all {
            for change in await node.accepted where try await !holds(stage.hub, change) {
                outcome.lostChanges += 1
                outcome.problems.append("\(node.name) saved \(change), the hub does not have it")
            }
        }
        var table = Table(["节点", "变更", "签名", "签收", "核验"])
        for node in stage.all {
            let found = try await node.post("/api/v1/verification", as: "audit", [:])
            let isSound = found["sound"]?.bool == true
            table.add(
                [node.name]
                    + ["changes", "signatures", "receipts"].map { Printing.text(found[$0]) }
                    + [isSound ? "通过 sound" : "未通过"])
            if !isSound {
                outcome.problems += (found["problems"]?.array ?? []).compactMap(\.string)
                    .map { "\(node.name): \($0)" }
            }
        }
        story.table(table)
        story.say(
            outcome.isGood
                ? "\n  全部一致，无一丢失 / all even, nothing lost"
                : "\n  出现差异 / something differs:\n  " + outcome.problems.joined(separator: "\n  "))
    }

    private func holds(_ node: NodeProcess, _ change: String) async throws -> Bool {
        do {
            _ = try await node.get("/api/v1/changes/\(change)")
            return true
        } catch is NodeProcess.Broken { return false }
    }
}
