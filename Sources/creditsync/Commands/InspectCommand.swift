import APIClient
import ArgumentParser
import Foundation
import HTTPTypes
import Records
import Service

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "查看日志原文 / any change or log as debug text",
        discussion:
            """
            inspect CHANGE-ID, inspect LOG (all its segments), or inspect (lists the logs).
            inspect LOG --export FILE：供审计使用，将日志的已封存段原样写入文件 / for auditors: the log's \
            sealed segments byte for byte, as a CBOR sequence of byte strings.
            """)

    @OptionGroup var options: NodeOptions

    @Argument(help: "变更编号或日志名 / id of a change, or name of a log")
    var name: String?

    @Option(
        name: .customLong("export"),
        help: "将日志原样写入此文件 / write the log's sealed segments to this file")
    var file: String?

    func validate() throws {
        if file != nil, name?.contains("/") != true {
            throw ValidationError("--export 需要日志名 / --export takes the name of a log")
        }
    }

    func run() async throws {
        try await reporting {
            let client = try NodeClient(folder: options.folder)
            if let file, let name { return try await export(name, to: file, client) }
            guard let name else {
                let logs = try await client.call(.get, "/api/v1/logs").json
                if options.json { return Printing.json(logs) }
                return Printing.table(
                    logs["logs"]?.array ?? [],
                    [
                        ("log", ["log"]), ("changes", ["changes"]), ("branches", ["branches"]),
                        ("receipted", ["receiptedThrough"]),
                    ])
            }
            let path =
                name.contains("/")
                ? "/api/v1/segments?log=\(name.queryEscaped)"
                : "/api/v1/changes/\(name.queryEscaped)"
            let text = String(decoding: try await client.call(.get, path).body, as: UTF8.self)
            options.json ? Printing.json(["text": .string(text)]) : print(text, terminator: "")
        }
    }

    private func export(_ log: String, to path: String, _ client: NodeClient) async throws {
        let file = try ExportFile(path: path)
        do {
            try await client.download(
                "/api/v1/segments?log=\(log.queryEscaped)", as: "application/cbor-seq", to: file)
            try file.finish()
        } catch {
            file.discard()
            throw error
        }
        if options.json {
            return Printing.json([
                "log": .string(log), "file": .string(path),
                "bytes": .integer(Int64(file.byteCount)),
            ])
        }
        Printing.note(
            "已导出 \(file.byteCount) 字节到 \(path)；尚未封存的变更不在其中",
            "wrote \(file.byteCount) bytes to \(path); changes in no sealed segment are not in it")
    }
}
