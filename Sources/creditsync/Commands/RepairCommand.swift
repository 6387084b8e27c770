import APIClient
import ArgumentParser
import Foundation
import HTTPTypes
import Records
import Service

struct RepairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "修复损坏的日志 / put damaged parts of the logs back from another node",
        discussion: """
            县级节点向省级节点取回损坏的段；--from 改用其他节点导出的文件，无需网络，省级节点也用此方式。\
            只放回经原节点签名且与日志相接的段，不改动任何记录。
            A county asks the hub for the segments that verify finds damaged. With --from, on any \
            node and without a network, they come from files that another node wrote with \
            `creditsync inspect LOG --export FILE`. Only what its node signed and what fits goes \
            back in: no record is changed. Each log is mended wholly or left as it is.

            Exit codes: 0 sound, 1 something is damaged still, 10 no node in the folder, 11 the \
            folder is in use, 13 the hub was not reached and something is damaged still.
            """)

    @OptionGroup var options: NodeOptions

    @Option(
        name: .customLong("from"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "其他节点导出的日志文件 / logs as another node exported them", valueName: "file"))
    var files: [String] = []

    func run() async throws {
        try await reporting {
            let paths = files.map { JSON.string(URL(fileURLWithPath: $0).standardizedFileURL.path) }
            let result = try await NodeClient(folder: options.folder)
                .call(
                    .post, "/api/v1/repair", user: AuthorOption.unnamed,
                    body: .object(["files": .array(paths)])
                ).json
            if options.json { Printing.json(result) } else { say(result) }
            if result["sound"]?.bool != true { throw failure(result) }
        }
    }

    private func say(_ result: JSON) {
        let count = result["segments"]?.integer ?? 0
        if count > 0 { Printing.note("已放回 \(count) 段", "\(count) segments put back") }
        if result["rebuilt"]?.bool == true {
            Printing.note("已由日志重建状态", "the projection was made again from the logs")
        }
        guard result["sound"]?.bool == true else { return }
        count > 0 || result["rebuilt"]?.bool == true
            ? Printing.note("核验通过，没有损坏", "verified: nothing is damaged any more")
            : Printing.note("没有损坏，无需修复", "nothing is damaged")
    }

    private func failure(_ result: JSON) -> CommandFailure {
        let problems = lines((result["problems"]?.array ?? []).compactMap(\.string))
        let logs = (result["lackingLogs"]?.array ?? []).compactMap(\.string)
        var chinese = ["仍有损坏：" + problems]
        var english = ["damaged still:" + problems]
        if let why = result["failure"]?.string {
            chinese.append(result["failure_zh"]?.string ?? why)
            english.append(why)
        }
        let next = next(lacking: logs)
        chinese.append(next.chinese)
        english.append(next.english)
        return CommandFailure(
            result["unreachable"]?.bool == true ? .hubUnreachable : .failed,
            chinese.joined(separator: "\n"), english.joined(separator: "\n"))
    }

    private func next(lacking logs: [String]) -> Bilingual {
        if logs.isEmpty {
            return Bilingual(
                "其他节点的日志无法修复这些问题：请先完整备份数据目录，再联系省级管理员",
                "logs of other nodes do not mend this: copy the node's folder, then ask the "
                    + "province's administrators")
        }
        let commands = lines(
            logs.map { "creditsync inspect \($0) --export FILE" }
                + ["creditsync repair --from FILE …"])
        return Bilingual(
            "请在存有这些日志的其他节点导出，再在本机修复：" + commands,
            "export these logs at another node that holds them, then repair here:" + commands)
    }

    private func lines(_ texts: [String]) -> String { texts.map { "\n  \($0)" }.joined() }
}
