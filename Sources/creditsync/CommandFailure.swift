import ArgumentParser
import Foundation
import Records
import Service
import Store

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

/// Runs a command's work and turns whatever went wrong into a message and an exit code.
func reporting(_ work: () async throws -> Void) async throws {
    let failure: CommandFailure
    do {
        return try await work()
    } catch let error as CommandFailure {
        failure = error
    } catch let error as ValidationError {
        throw error
    } catch let error as ExitCode {
        throw error
    } catch let error as StoreError {
        failure = CommandFailure(error)
    } catch {
        failure = CommandFailure(.failed, "操作未能完成：\(error)", "this did not work: \(error)")
    }
    FileHandle.standardError.write(Data("creditsync: \(failure.message.localised)\n".utf8))
    throw ExitCode(failure.status.rawValue)
}

extension CommandFailure {
    init(_ error: StoreError) {
        let problem = Problem(error)
        let status: ExitStatus =
            switch error {
            case .locked: .inUse
            case .notInitialised: .noNode
            default: .failed
            }
        self.init(status, problem.detail.chinese, problem.detail.english)
    }
}
