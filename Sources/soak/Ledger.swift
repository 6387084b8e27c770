import Synchronization

/// What everybody tried, and what came of it: what must be found in the end follows from this
/// alone.
final class Ledger: Sendable {
    private struct State {
        var lastMark = 0
        var attempts: [Int: Attempt] = [:]
        var shared: [String: [String]] = [:]
        var codes: [Int] = []
        var conflicts: Set<String> = []
        var violations: [String] = []
    }

    private let state = Mutex(State())

    /// Edits go to the newest of so many shared records of a type: often enough to the same one
    /// that people collide, and not so often that histories grow for ever.
    static let freshRecords = 30

    func nextMark() -> Int {
        state.withLock { state in
            state.lastMark += 1
            return state.lastMark
        }
    }

    func note(_ attempt: Attempt) {
        state.withLock { state in
            state.attempts[attempt.mark] = attempt
            if attempt.kind == .create, attempt.type != "serviceLog", let record = attempt.record {
                state.shared[attempt.type, default: []].append(record)
            }
        }
    }

    /// In the order in which they were begun.
    var attempts: [Attempt] {
        state.withLock { $0.attempts.values.sorted { $0.mark < $1.mark } }
    }

    // MARK: What people may pick up

    func freshRecords(ofType type: String) -> [String] {
        state.withLock { Array(($0.shared[type] ?? []).suffix(Self.freshRecords)) }
    }

    func note(code index: Int) { state.withLock { $0.codes.append(index) } }

    /// Codes that somebody registered lately.
    var freshCodes: [Int] { state.withLock { Array($0.codes.suffix(Self.freshRecords)) } }

    func note(conflicts names: [String]) { state.withLock { $0.conflicts.formUnion(names) } }

    /// Every conflict that anybody was shown.
    var conflicts: Set<String> { state.withLock { $0.conflicts } }

    // MARK: What went wrong

    func violation(_ text: String) { state.withLock { $0.violations.append(text) } }

    var violations: [String] { state.withLock { $0.violations } }
}
