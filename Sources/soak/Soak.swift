import Foundation
import Records
import Rehearsal
import UnixSignals

/// A province as real processes under work and faults for minutes; ends with 1 where a promise did
/// not hold, and keeps the data then.
@main
struct Soak {
    static func main() async {
        guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
            print(Options.usage)
            exit(64)
        }
        let folder =
            FileManager.default.temporaryDirectory.path
            + "/creditsync-soak-\(ProcessInfo.processInfo.processIdentifier)"
        let cast = Cast()
        let playing = Task {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            return try await Play(options: options, folder: folder, cast: cast).run()
        }
        // Broken off, it leaves no process and no folder behind.
        let watching = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
            if Task.isCancelled { return }
            playing.cancel()
            _ = await playing.result
            await cast.stop()
            try? FileManager.default.removeItem(atPath: folder)
            exit(130)
        }
        let result = await playing.result
        if playing.isCancelled { await watching.value }
        watching.cancel()
        await cast.stop()
        exit(report(result, options, folder))
    }

    private static func report(
        _ result: Result<Outcome, any Error>, _ options: Options, _ folder: String
    ) -> Int32 {
        switch result {
        case .success(let outcome):
            for line in outcome.lines { print(line) }
            let isGood = outcome.violations.isEmpty
            if isGood { try? FileManager.default.removeItem(atPath: folder) } else { keep(folder) }
            if options.isJSON { print(String(decoding: outcome.json.encoded, as: UTF8.self)) }
            return isGood ? 0 : 1
        case .failure(let error):
            print("VIOLATION seed \(options.seed): it broke off: \(error)")
            keep(folder)
            let json: JSON = ["violations": [.string("\(error)")]]
            if options.isJSON { print(String(decoding: json.encoded, as: UTF8.self)) }
            return 1
        }
    }

    private static func keep(_ folder: String) { print("the nodes' folders are kept in \(folder)") }
}
