import Foundation
import Records

/// Measures the figures that README tells: real processes, real HTTP on loopback, durable commits,
/// every check on. Ends with 1 where one of them is missed.
@main
struct Bench {
    static func main() async {
        guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
            print(Options.usage)
            exit(64)
        }
        do {
            let stand = try await Stand(options)
            let isReached: Bool
            do { isReached = try await run(stand, options) } catch {
                await stand.end()
                throw error
            }
            await stand.end()
            exit(isReached ? 0 : 1)
        } catch {
            print("broken off: \(error)")
            exit(70)
        }
    }

    private static func run(_ stand: Stand, _ options: Options) async throws -> Bool {
        if !options.micro.isEmpty {
            let sample = try MicroSample(changes: min(options.size, 20_000), on: stand)
            for part in options.micro {
                let nanoseconds = try part.measure(sample, times: options.times)
                print("\(part.rawValue): \(nanoseconds.short) ns/change, \(sample.changes) changes")
            }
            return true
        }
        var isReached = true
        for figure in options.figures {
            for measurement in try await figure.measure(stand) {
                print(options.isJSON ? measurement.json : measurement.row)
                fflush(nil)
                if measurement.isReached == false { isReached = false }
            }
        }
        return isReached
    }
}
