import FaultyDisk
import Synchronization

@testable import Store

/// What was tried.
struct Count: Sendable {
    private(set) var crashPoints = 0
    private(set) var powerCuts = 0
    private(set) var errors = 0
    private(set) var slowCalls = 0
    /// What callers were told, and how often.
    private(set) var answers: [String: Int] = [:]

    var faults: Int { crashPoints + powerCuts + errors + slowCalls }

    mutating func note(_ fault: DiskFault, _ failure: (any Error)?) {
        switch fault.kind {
        case .crashBefore, .crashAfter: crashPoints += 1
        case .powerCut: powerCuts += 1
        case .ioError, .readError, .full: errors += 1
        case .slow: slowCalls += 1
        }
        answers[Self.name(failure), default: 0] += 1
    }

    private static func name(_ failure: (any Error)?) -> String {
        guard let failure else { return "done" }
        if case StoreError.outcomeUnknown = failure { return "outcome unknown" }
        if case StoreError.notStored = failure { return "not stored" }
        return String("\(failure)".prefix(60))
    }

    static func + (a: Count, b: Count) -> Count {
        var sum = a
        sum.crashPoints += b.crashPoints
        sum.powerCuts += b.powerCuts
        sum.errors += b.errors
        sum.slowCalls += b.slowCalls
        sum.answers.merge(b.answers, uniquingKeysWith: +)
        return sum
    }
}

/// All scenarios together: the last to finish prints one line.
final class Totals: Sendable {
    private struct State {
        var count = Count()
        var left = Scenario.all.count
        var start: ContinuousClock.Instant?
    }
    private let state = Mutex(State())

    func begin() { state.withLock { $0.start = $0.start ?? .now } }

    func add(_ count: Count) {
        state.withLock { state in
            state.count = state.count + count
            state.left -= 1
            guard state.left == 0, let start = state.start else { return }
            let all = state.count
            print(
                """
                storage faults: \(all.faults) in \(Scenario.all.count) scenarios: \
                \(all.crashPoints) crash points, \(all.powerCuts) power cuts, \
                \(all.errors) errors, \(all.slowCalls) slow calls, \
                \((ContinuousClock.now - start).components.seconds) seconds
                """)
        }
    }
}
