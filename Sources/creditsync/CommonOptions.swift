import APIClient
import ArgumentParser
import Foundation

/// Options that every command on a node takes.
struct NodeOptions: ParsableArguments {
    @Option(name: .long, help: "数据目录 / the node's folder (environment: CREDITSYNC_DATA)")
    var data: String?

    @Flag(name: .long, help: "输出 JSON / print JSON")
    var json = false

    var folder: String {
        data ?? ProcessInfo.processInfo.environment["CREDITSYNC_DATA"] ?? "creditsync-data"
    }
}

/// One page of a list.
struct PageOptions: ParsableArguments {
    @Option(help: "最多条数 / at most so many, 1 to 500")
    var limit = 50

    @Option(help: "接着上一页 / go on after a page's `next`")
    var cursor: String?

    func validate() throws {
        guard (1...500).contains(limit) else {
            throw ValidationError("--limit 为 1 到 500 / --limit takes 1 to 500")
        }
    }

    var query: String { "limit=\(limit)" + (cursor.map { "&cursor=\($0.queryEscaped)" } ?? "") }
}

struct AuthorOption: ParsableArguments {
    @Option(
        name: .customLong("as"),
        help: "经办人代码 / your code, never a name (environment: CREDITSYNC_USER)")
    var user: String?

    /// For calls that change no record: they are made by whoever sits at this terminal.
    static let unnamed = "terminal"

    func code() throws -> String {
        if let user = user ?? ProcessInfo.processInfo.environment["CREDITSYNC_USER"] { return user }
        throw ValidationError("请用 --as 注明经办人代码 / say who you are with --as USER")
    }
}
