import ArgumentParser
import Foundation
import Records

/// Exit codes, documented in `--help`.
enum ExitStatus: Int32 {
    case failed = 1
    case noNode = 10
    case inUse = 11
    case hubUnreachable = 13
}

/// Prints what went wrong and what to do next, then ends the command.
struct CommandFailure: Error {
    let status: ExitStatus
    let message: Bilingual

    init(_ status: ExitStatus, _ chinese: String, _ english: String) {
        self.status = status
        message = Bilingual(chinese, english)
    }

    /// In the language of the terminal.
    static var prefersChinese: Bool {
        let environment = ProcessInfo.processInfo.environment
        let language =
            environment["LC_ALL"] ?? environment["LC_MESSAGES"] ?? environment["LANG"] ?? ""
        return language.hasPrefix("zh")
    }
}

extension Bilingual {
    var localised: String { CommandFailure.prefersChinese ? chinese : english }
}

/// Runs a command's work and turns failures into messages and exit codes.
func reporting(_ work: () async throws -> Void) async throws {
    do {
        try await work()
    } catch let failure as CommandFailure {
        FileHandle.standardError.write(Data("creditsync: \(failure.message.localised)\n".utf8))
        throw ExitCode(failure.status.rawValue)
    }
}
