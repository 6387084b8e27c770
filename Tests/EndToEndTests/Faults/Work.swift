import APIClient
import Records
import Rehearsal
import Synchronization
import Testing

/// What people at one node do while something breaks.
struct Work {
    /// Statuses of the answers, in order.
    private(set) var statuses: [Int] = []
    /// Answers other than success that say nothing a person can use.
    private(set) var mute: [String] = []
    private var supplier: String?

    var acknowledged: Int { statuses.count { $0 < 300 } }

    /// Edits, one after the other, until so many were tried or the process is gone. `round` keeps
    /// the natural keys of several rounds apart.
    static func edits(_ count: Int, at node: NodeProcess, round: Int) async -> Work {
        var work = Work()
        for step in 0..<count {
            guard await node.isRunning else { break }
            switch step % 4 {
            case 0: await work.add(Forms.supplier(round * 100 + step), "supplier", at: node)
            case 2 where node.name.hasSuffix("-01"):
                await work.add(Forms.log(step), "serviceLog", at: node)
            default: await work.edit(step, at: node)
            }
        }
        return work
    }

    private mutating func add(_ form: JSON, _ type: String, at node: NodeProcess) async {
        let made = note(try? await node.ask("POST", "/api/v1/records/\(type)", as: "jb01", form))
        if type == "supplier" { supplier = made?["id"]?.string ?? supplier }
    }

    private mutating func edit(_ step: Int, at node: NodeProcess) async {
        guard let supplier else { return }
        let path = "/api/v1/records/supplier/\(supplier)"
        guard let shown = try? await node.ask("GET", path), let token = shown.token else { return }
        _ = note(
            try? await node.ask(
                "PATCH", path, as: "jb01", token: token,
                ["contactPhone": .string("0974-85\(1000 + step)")]))
    }

    /// No answer at all: the process died meanwhile, and nobody knows what became of it.
    private mutating func note(_ answer: APIAnswer?) -> JSON? {
        guard let answer else { return nil }
        statuses.append(answer.status)
        if answer.status >= 300, answer.json["type"]?.string == nil {
            mute.append("\(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
        return answer.status < 300 ? answer.json : nil
    }

    /// While the disk fails people are told to try again, or that there is no room.
    func expectHonest(_ fault: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(mute.isEmpty, "\(fault)", sourceLocation: sourceLocation)
        let allowed: Set = [200, 201, 503, 507]
        #expect(
            Set(statuses).isSubset(of: allowed), "\(fault): \(statuses)",
            sourceLocation: sourceLocation)
    }
}

extension Province {
    /// Edits at one node, at its neighbours and at the hub at once, while all of them exchange.
    func bustle(around node: NodeProcess, edits: Int, round: Int) async -> Work {
        // Each in a hundred of its own.
        await withTaskGroup(of: Void.self) { group in
            for (index, other) in all.enumerated() where other.name != node.name {
                group.addTask {
                    _ = await Work.edits(edits / 2, at: other, round: round * 4 + index)
                    if other.name != self.hub.name { await other.tryToSync() }
                }
            }
            let work = await Work.edits(edits, at: node, round: round * 4 + 3)
            if node.name != hub.name, await node.isRunning { await node.tryToSync() }
            return work
        }
    }
}
