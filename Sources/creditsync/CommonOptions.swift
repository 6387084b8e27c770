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
