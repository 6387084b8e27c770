import APIClient
import ArgumentParser
import Foundation
import Records
import Rehearsal
import UnixSignals

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "演示：一个省、断网、冲突、裁定 / a province on this machine, start to end",
        discussion: "Exits with 1 if anything is lost or differs.")

    @Option(help: "县数，4 到 45 / counties of Qinghai")
    var counties = 6

    @Flag(help: "结束后继续运行并打印页面地址 / leave it running and print the pages")
    var serve = false

    @Flag(help: "最后一行输出 JSON / print one line of JSON last")
    var json = false

    func validate() throws {
        guard (4...45).contains(counties) else {
            throw ValidationError("县数为 4 到 45 / --counties takes 4 to 45")
        }
    }

    func run() async throws {
        let begun = ContinuousClock.now
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("creditsync-demo-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let cast = Cast()
        // A demo that is broken off leaves no process and no folder behind.
        let watch = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
            if Task.isCancelled { return }
            await cast.stop()
            try? FileManager.default.removeItem(at: folder)
            Foundation.exit(await cast.isComplete ? 0 : 130)
        }
        let outcome = await play(folder.path, cast)
        if json { Printing.json(report(outcome, begun.duration(to: .now))) }
        if serve, outcome.isGood {
            await announcePages(cast)
            await cast.complete()
            await watch.value
        }
        watch.cancel()
        await cast.stop()
        guard outcome.isGood else {
            Story().say("  数据保留在 \(folder.path) / the nodes' folders are kept there")
            throw ExitCode(ExitStatus.failed.rawValue)
        }
        try? FileManager.default.removeItem(at: folder)
    }

    private func play(_ folder: String, _ cast: Cast) async -> Demo.Outcome {
        let story = Story()
        do {
            return try await Demo(
                countyCount: counties, folder: folder, program: .current, story: story
            ).run(with: cast)
        } catch {
            story.say("\n  演示中断 / the demo broke off: \(error)")
            return Demo.Outcome(problems: ["\(error)"])
        }
    }

    private func report(_ outcome: Demo.Outcome, _ elapsed: Duration) -> JSON {
        [
            "counties": .integer(Int64(counties)), "changes": .integer(Int64(outcome.changes)),
            "segments": .integer(Int64(outcome.segments)),
            "conflicts_found": .integer(Int64(outcome.conflictsFound)),
            "conflicts_resolved": .integer(Int64(outcome.conflictsResolved)),
            "converged": .bool(outcome.hasConverged),
            "lost_changes": .integer(Int64(outcome.lostChanges)),
            "elapsed_ms": .integer(
                elapsed.components.seconds * 1000
                    + elapsed.components.attoseconds / 1_000_000_000_000_000),
        ]
    }

    private func announcePages(_ cast: Cast) async {
        print("\n  页面 / pages:")
        for node in await cast.all {
            print("  \(node.name)  \(await node.api?.address ?? "")/conflicts")
        }
        print("  Ctrl-C 结束 / ends it")
        fflush(nil)
    }
}
