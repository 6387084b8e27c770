import APIClient
import Rehearsal
import Records
import SyncCore

/// The provincial reviewer's part: lists what disagrees, decides some of it, leaves the rest open.
struct DemoDecisions {
    let story: Story
    let hub: NodeProcess

    func decide(_ outcome: inout Demo.Outcome) async throws {
        story.chapter(5, "省级复核：冲突与裁定", "the reviewer: conflicts and decisions")
        let conflicts = try await open()
        outcome.conflictsFound = conflicts.count
        var table = Table(["类别", "记录", "字段组", "共同前版", "各方"])
        for conflict in conflicts {
            table.add([
                Printing.text(conflict["className"]), clipped(Printing.text(conflict["title"])),
                Printing.text(conflict["groupTitle"]), clipped(Printing.text(conflict["base"])),
                (conflict["sides"]?.array ?? []).map {
                    "\(Printing.text($0["node"])) \(Printing.text($0["by"]))"
                }.joined(separator: "；"),
            ])
        }
        story.table(table)
        for conflict in conflicts {
            guard let choice = choice(conflict) else { continue }
            let path = "/api/v1/conflicts/\(Printing.text(conflict["name"]).queryEscaped)"
            let token = try await hub.get(path).token
            try await hub.post(path + "/decision", as: "sheng1", token: token, choice.body)
            outcome.conflictsResolved += 1
            story.say("  已裁定 \(Printing.text(conflict["name"]))：\(choice.words)")
        }
        story.say("  其余留待处理：\(try await open().count) 个 / left open for a person")
    }

    private func open() async throws -> [JSON] {
        try await hub.get("/api/v1/conflicts?limit=500").json["conflicts"]?.array ?? []
    }

    private func choice(_ conflict: JSON) -> (body: JSON, words: String)? {
        let sides = conflict["sides"]?.array ?? []
        switch conflict["class"]?.string {
        case ConflictClass.sameField.name:
            guard let side = sides.last, let change = side["change"]?.string else { return nil }
            return (
                ["take": .string(change), "reason": "经电话核实，以该县为准"],
                "采用 \(Printing.text(side["node"])) 的值"
            )
        case ConflictClass.duplicate.name:
            guard let record = sides.first?["change"]?.string else { return nil }
            return (["mergeInto": .string(record), "reason": "同一主体"], "合并到 \(record)")
        // Withdrawals and parallel edits are left for whoever opens the pages.
        default: return nil
        }
    }

    private func clipped(_ text: String) -> String {
        text.count > 30 ? text.prefix(29) + "…" : text
    }
}
