import APIClient
import ArgumentParser
import Foundation
import HTTPTypes
import Records
import Service

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "节点状态 / how this node stands")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        try await reporting {
            let answer = try await NodeClient(folder: options.folder).call(.get, "/api/v1/status")
            if options.json { return Printing.json(answer.json) }
            let status = answer.json
            print("\(Printing.text(status["office"]))  \(Printing.text(status["node"]))")
            if let pending = status["pendingUpload"]?.integer {
                let last = status["lastSync"]?.string ?? "-"
                Printing.note(
                    "已保存本机，待上报 \(pending) 条；上次同步 \(last)",
                    "saved here; \(pending) changes to upload; last sync \(last)")
            }
            Printing.lines(status.object ?? [:], omitting: ["office", "node", "lastSync"])
        }
    }
}

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "立即与省级节点同步 / exchange with the hub now")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        try await reporting {
            let client = try NodeClient(folder: options.folder)
            let result = try await client.withSyncLoop {
                try await client.call(
                    .post, "/api/v1/sync", user: AuthorOption.unnamed
                ).json
            }
            if options.json { Printing.json(result) }
            if let failure = result["failure"]?.string {
                throw CommandFailure(
                    result["unreachable"]?.bool == true ? .hubUnreachable : .failed,
                    "未能同步：\(result["failure_zh"]?.string ?? failure)", "not synced: \(failure)")
            }
            if !options.json {
                Printing.note(
                    "同步完成：收到 \(Printing.text(result["received"])) 条，待上报 "
                        + "\(Printing.text(result["pendingUpload"])) 条，未决冲突 "
                        + "\(Printing.text(result["openConflicts"])) 个",
                    "synced: \(Printing.text(result["received"])) changes received, "
                        + "\(Printing.text(result["pendingUpload"])) to upload, "
                        + "\(Printing.text(result["openConflicts"])) conflicts open")
                if let damage = result["damage"]?.string {
                    Printing.note(result["damage_zh"]?.string ?? damage, damage)
                }
            }
        }
    }
}

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "核验全部日志 / check every chain, signature and receipt, and the projection")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        try await reporting {
            let result = try await NodeClient(folder: options.folder)
                .call(.post, "/api/v1/verification", user: AuthorOption.unnamed).json
            if options.json {
                Printing.json(result)
            } else {
                Printing.lines(result.object ?? [:], omitting: ["problems"])
            }
            guard result["sound"]?.bool == true else {
                let problems = (result["problems"]?.array ?? []).compactMap(\.string)
                    .joined(separator: "\n  ")
                throw CommandFailure(
                    .failed, "核验未通过：\n  \(problems)\n  请运行 creditsync repair",
                    "not sound:\n  \(problems)\n  run `creditsync repair`")
            }
        }
    }
}

struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "由日志重建状态 / throw the projection away and make it again from the logs")

    @OptionGroup var options: NodeOptions

    func run() async throws {
        try await reporting {
            let result = try await NodeClient(folder: options.folder).call(
                .post, "/api/v1/rebuild", user: AuthorOption.unnamed
            )
            .json
            if options.json { return Printing.json(result) }
            result["unchanged"]?.bool == true
                ? Printing.note("重建完成，与原状态逐字节一致", "rebuilt, byte for byte as it was")
                : Printing.note("重建完成，原状态已被纠正", "rebuilt; what was there was wrong")
        }
    }
}
