import APIClient
import ArgumentParser
import Foundation
import HTTPTypes
import Records

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "登记节点 / registered nodes",
        subcommands: [Add.self, List.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "在省级节点登记一个节点 / register a node at the hub")

        @OptionGroup var options: NodeOptions
        @OptionGroup var author: AuthorOption

        @Argument(help: "节点编号 / the node's id")
        var node: String

        @Argument(help: "公钥（base64）/ its public key, as printed by init")
        var publicKey: String

        @Option(help: "县级区划代码 / its county; grants province and county/CODE")
        var county: String

        func run() async throws {
            try await reporting {
                let answer = try await NodeClient(folder: options.folder).call(
                    .post, "/api/v1/records/node", user: author.code(),
                    body: [
                        "node": .string(node), "publicKey": .string(publicKey),
                        "scopes": ["province", .string("county/\(county)")],
                        "title": .string(Divisions.fullName(of: county) ?? county),
                    ])
                if options.json { return Printing.json(answer.json) }
                Printing.note("已登记节点 \(node)", "registered node \(node)")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "列出节点 / list registered nodes")

        @OptionGroup var options: NodeOptions

        func run() async throws {
            try await reporting {
                let answer = try await NodeClient(folder: options.folder).call(
                    .get, "/api/v1/records/node?limit=500"
                ).json
                if options.json { return Printing.json(answer) }
                Printing.table(
                    answer["records"]?.array ?? [],
                    [
                        ("节点", ["values", "node"]), ("单位", ["values", "title"]),
                        ("范围", ["values", "scopes"]), ("公钥", ["values", "publicKey"]),
                    ])
            }
        }
    }
}
