import APIClient
import Foundation
import GRDB
import LogWriting
import ProtocolDocument
import Records
import Rehearsal
import SyncCore
import Testing

extension EndToEnd {
    /// To add a case, add a line to `BadInputTable.swift`. The protocol's table is made from what
    /// the hub really answers: CREDITSYNC_WRITE_PROTOCOL=1 writes it anew.
    @Suite("Bad inputs")
    struct BadInputs {
        @Test func `Each is answered as the protocol says, and leaves nothing behind`() async throws
        {
            var rows: [Row] = []
            var hub = Province.Site()
            hub.serveArguments = ["--log-level", "notice"]
            try await Province.with(counties: 0, sites: [.hub: hub]) { province in
                let intruder = try await Intruder(province)
                let ordinary =
                    BadInput.signatures + BadInput.http + BadInput.content + BadInput.segments
                var log = LogTail(of: intruder.hub)
                for input in ordinary { rows.append(try await check(input, intruder, log)) }

                var configuration = Configuration()
                configuration.allowsUnsafeTransactions = true
                let database = try DatabaseQueue(
                    path: intruder.hub.folder + "/node.sqlite", configuration: configuration)
                try await database.writeWithoutTransaction {
                    try $0.execute(sql: "BEGIN IMMEDIATE")
                }
                let row = try await check(BadInput.locked, intruder, log) {
                    try await database.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
                    try database.close()
                }

                log.expectNothingElse(after: "all")
                try await province.hub.stop()
                let full = province.hubProcess(adding: ["--disk-floor-mib", "1000000000"])
                try await full.start()
                try await intruder.move(to: full)
                log = LogTail(of: full)
                for input in BadInput.storage { rows.append(try await check(input, intruder, log)) }
                log.expectNothingElse(after: "all")
                try await full.stop()
                rows.append(row)
            }
            // What is no error comes last.
            let sorted = rows.filter { !$0.isServed } + rows.filter(\.isServed)
            try Chapter("README.md", "problems").check(
                ["| | at | sent | answered | `detail` |", "|---:|---|---|---|---|"]
                    + sorted.enumerated().map { "| \($0 + 1) \($1.text)" })
        }

        /// Sends it, and says what came of it as a row of the document. `undo`: what must end
        /// before others are served again.
        private func check(
            _ input: BadInput, _ intruder: Intruder, _ log: LogTail,
            undo: () async throws -> Void = {}
        ) async throws -> Row {
            try await input.prepare(intruder)
            let before = try await stored(at: intruder.hub)
            let reply = try await input.send(intruder)
            try await undo()
            expect(reply, input)
            #expect(try await intruder.sync().status == 200, "\(input): the next good request")
            try await log.expect(input)
            let after = try await stored(at: intruder.hub)
            if case .stored = input.trace {
                #expect(after != before, "\(input) stored nothing")
            } else {
                #expect(after == before, "\(input) changed the state")
            }
            return row(input, reply)
        }

        private func stored(at hub: NodeProcess) async throws -> [JSON] {
            [try await hub.get("/api/v1/state").json, try await hub.get("/api/v1/logs").json]
        }

        private func expect(_ reply: Reply, _ input: BadInput) {
            switch input.answer {
            case .problem(let status, let name):
                #expect(reply.status == status, "\(input): \(reply)")
                #expect(reply.problem == name, "\(input)")
                #expect(reply.json["detail"]?.string?.isEmpty == false, "\(input)")
                #expect(reply.json["detail_zh"]?.string?.isEmpty == false, "\(input)")
            case .refusal(let rule):
                #expect(reply.status == 200, "\(input): \(reply)")
                #expect(reply.refusals == [rule], "\(input)")
            case .served(let status):
                #expect(reply.status == status, "\(input): \(reply)")
                #expect(reply.refusals.isEmpty, "\(input)")
            }
        }

        /// A line of the document's table, without its number.
        private struct Row {
            let text: String
            let isServed: Bool
        }

        private func row(_ input: BadInput, _ reply: Reply) -> Row {
            var isServed = false
            var answer: String
            switch input.answer {
            case .problem(let status, let name): answer = "\(status) `\(name)`"
            case .refusal(let rule): answer = "200, refusal `\(rule)`"
            case .served(let status):
                answer = "\(status)"
                isServed = true
            }
            if input.door == .sync, !reply.isSigned { answer += " †" }
            let detail = reply.json["detail"]?.string ?? ""
            return Row(
                text: "| \(input.door.rawValue) | \(input.what) | \(answer) | \(detail) |",
                isServed: isServed)
        }
    }
}
