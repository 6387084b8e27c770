import APIClient
import ArgumentParser
import Foundation
import HTTPTypes
import Records
import Service

struct ConflictCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflict", abstract: "冲突复核 / conflicts that wait for a person",
        subcommands: [List.self, Show.self, Resolve.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "未决冲突 / open conflicts")

        @OptionGroup var options: NodeOptions

        @OptionGroup var page: PageOptions

        func run() async throws {
            try await reporting {
                let path = "/api/v1/conflicts?\(page.query)"
                let answer = try await NodeClient(folder: options.folder).call(.get, path).json
                if options.json { return Printing.json(answer) }
                let conflicts = answer["conflicts"]?.array ?? []
                if conflicts.isEmpty { return Printing.note("无待处理冲突", "no open conflicts") }
                Printing.table(
                    conflicts,
                    [
                        ("冲突", ["name"]), ("类别", ["className"]), ("记录", ["title"]),
                        ("字段组", ["groupTitle"]),
                    ])
                if let next = answer["next"]?.string { print("  --cursor \(next)") }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "查看冲突各方 / every side of one")

        @OptionGroup var options: NodeOptions

        @Argument(help: "冲突名 / name of the conflict")
        var name: String

        func run() async throws {
            try await reporting {
                let conflict = try await NodeClient(folder: options.folder).call(
                    .get, "/api/v1/conflicts/\(name.queryEscaped)"
                ).json
                if options.json { return Printing.json(conflict) }
                Printing.lines(conflict.object ?? [:], omitting: ["sides", "base"])
                let base = Printing.text(conflict["base"])
                Printing.note("  共同前版: \(base)", "  last agreed: \(base)")
                print()
                Printing.table(
                    conflict["sides"]?.array ?? [],
                    [
                        ("变更", ["change"]), ("单位", ["office"]), ("经办", ["by"]),
                        ("时间", ["claimedAt"]),
                        ("理由", ["reason"]), ("内容", ["values"]), ("存续", ["life"]),
                    ])
            }
        }
    }

    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "裁定 / decide one",
            discussion: """
                Exactly one of --take, --set, --life, --accept, --merge-into. A decision names the \
                sides that were shown; give --token from `show` to decide about exactly those.
                """)

        @OptionGroup var options: NodeOptions
        @OptionGroup var author: AuthorOption

        @Argument(help: "冲突名 / name of the conflict")
        var name: String

        @Option(help: "采用某一方 / take this change's value, or `base` for the last agreed one")
        var take: String?

        @Option(help: "另定新值（JSON）/ new values as a JSON object")
        var set: String?

        @Option(help: "withdrawn 或 alive / whether the record's life ends")
        var life: String?

        @Flag(help: "确认合并结果 / fine as merged")
        var accept = false

        @Option(help: "合并到该记录 / merge the duplicates into this record")
        var mergeInto: String?

        @Option(help: "理由（必填）/ reason, needed")
        var reason: String

        @Option(help: "查看时的令牌 / token as shown; now if left out")
        var token: String?

        func run() async throws {
            try await reporting {
                var body: [String: JSON] = ["reason": .string(reason)]
                if let take { body["take"] = .string(take) }
                if let set {
                    guard let values = JSON(decoding: Array(set.utf8)), values.object != nil else {
                        throw ValidationError("--set 应为 JSON 对象 / --set takes a JSON object")
                    }
                    body["values"] = values
                }
                if let life { body["life"] = .string(life) }
                if accept { body["accept"] = true }
                if let mergeInto { body["mergeInto"] = .string(mergeInto) }
                let client = try NodeClient(folder: options.folder)
                let path = "/api/v1/conflicts/\(name.queryEscaped)"
                var shown = token
                if shown == nil { shown = try await client.call(.get, path).token }
                let answer = try await client.call(
                    .post, path + "/decision", user: author.code(), token: shown,
                    body: .object(body))
                Written.show(answer, options)
            }
        }
    }
}
