import APIClient
import Foundation
import Records
import Rehearsal
import Synchronization
import Testing

/// A change as a node's inspection shows it: id, hash, header and payload.
struct LoggedChange: Equatable, Sendable {
    let id: String
    let text: String
}

extension Province {
    /// Invariants 6 to 9 after a fault, when the lines are up again: what was acknowledged is
    /// everywhere it belongs, logs only grew, every proof is sound, the state is the fold of
    /// history, and exchanging once more changes nothing.
    func expectNothingLost(
        _ fault: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await settle()
        try await expectConverged(sourceLocation: sourceLocation)
        var atHub: Set<String> = []
        for node in all {
            let kept = try await expectKept(by: node, fault, sourceLocation: sourceLocation)
            if node.name == hub.name { atHub = kept }
            let lost = Set(await node.accepted).subtracting(atHub)
            #expect(lost.isEmpty, "\(fault): the hub lacks", sourceLocation: sourceLocation)
        }
        let before = try await picture()
        try await settle()
        let after = try await picture()
        #expect(before == after, "\(fault): twice is not once", sourceLocation: sourceLocation)
    }

    /// What repeating an exchange must not change: states, clocks, logs and receipts.
    private func picture() async throws -> [JSON] {
        var picture: [JSON] = []
        for node in all {
            picture.append(try await node.get("/api/v1/state").json)
            picture.append(try await node.get("/api/v1/logs").json)
        }
        return picture
    }

    /// What one node owes by itself, before it talks to anybody: all that it acknowledged to
    /// people and to other nodes, and logs of which nothing earlier changed. Gives what it holds.
    @discardableResult
    func expectKept(
        by node: NodeProcess, _ fault: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Set<String> {
        let place = "\(fault), \(node.name)"
        // First: exchanges may go on meanwhile.
        let receipts = node.name == hub.name ? try await receipts() : [:]
        let logs = try await expectRemembered(by: node, fault, sourceLocation: sourceLocation)
        for (log, through) in receipts {
            #expect(
                Int64(logs[log]?.count ?? 0) >= through,
                "\(place): \(log) is shorter than its receipt", sourceLocation: sourceLocation)
        }
        let found = try await node.ask("POST", "/api/v1/verification", as: "audit", [:]).json
        #expect(found["sound"] == true, "\(place): \(found)", sourceLocation: sourceLocation)
        let rebuilt = try await node.ask("POST", "/api/v1/rebuild", as: "audit", [:]).json
        #expect(
            rebuilt["unchanged"] == true, "\(place): \(rebuilt)", sourceLocation: sourceLocation)
        return Set(logs.values.joined().map(\.id))
    }

    /// The part of it that writes nothing, for a disk that may fail again.
    @discardableResult
    func expectRemembered(
        by node: NodeProcess, _ fault: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String: [LoggedChange]] {
        let place = "\(fault), \(node.name)"
        let logs = try await node.loggedChanges()
        let held = Set(logs.values.joined().map(\.id))
        let lost = Set(await node.accepted).subtracting(held)
        #expect(lost.isEmpty, "\(place): lost", sourceLocation: sourceLocation)

        let earlier = witnessed.withLock { $0.updateValue(logs, forKey: node.name) ?? [:] }
        for (log, changes) in earlier {
            #expect(
                logs[log]?.starts(with: changes) == true, "\(place): \(log) changed its past",
                sourceLocation: sourceLocation)
        }
        return logs
    }

    /// The hub's signature on "I hold this" outlives whatever happens to the hub.
    private func receipts() async throws -> [String: Int64] {
        var receipts: [String: Int64] = [:]
        for county in counties where await county.isRunning {
            for log in try await county.logs() where log.receipted > 0 {
                receipts[log.name] = max(receipts[log.name] ?? 0, log.receipted)
            }
        }
        return receipts
    }
}

extension NodeProcess {
    /// By log, in order.
    func loggedChanges() async throws -> [String: [LoggedChange]] {
        var all: [String: [LoggedChange]] = [:]
        for log in try await logs() {
            let answer = try await get("/api/v1/segments?log=\(log.name.queryEscaped)")
            var known: Set<String> = []
            var changes: [LoggedChange] = []
            let text = "\n" + String(decoding: answer.body, as: UTF8.self)
            // A segment's own lines say how changes are grouped, and that may change.
            for block in text.components(separatedBy: "\nchange ").dropFirst() {
                let change = block.components(separatedBy: "\nsegment:")[0]
                    .trimmingCharacters(in: .newlines)
                let id = String(change.prefix { $0 != " " })
                if known.insert(id).inserted { changes.append(LoggedChange(id: id, text: change)) }
            }
            // Exchanges go on meanwhile: there may be more by now.
            #expect(changes.count >= Int(log.changes), "\(log.name) at \(name)")
            all[log.name] = changes
        }
        return all
    }
}
