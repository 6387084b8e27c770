import Rehearsal
import Testing

/// What a node's log says from now on: a refused request leaves exactly one line.
final class LogTail {
    private let node: NodeProcess
    /// Lines that are accounted for.
    private var known: Int

    init(of node: NodeProcess) {
        self.node = node
        known = node.log.split(separator: "\n").count
    }

    private var fresh: [Substring] { node.log.split(separator: "\n").dropFirst(known) + [] }

    /// What came of an input that was sent since, and of nothing else.
    func expect(_ input: BadInput) async throws {
        let message: String? =
            switch input.trace {
            case .line(let message): message
            case .none: nil
            case .stored(let message): message
            }
        if let message {
            // The line may be written a moment after the answer.
            try await until(seconds: 10, "\(input) is logged") {
                fresh.contains { $0.contains(message) } ? true : nil
            }
        }
        expectNothingElse(after: "\(input)", but: message == nil ? 0 : 1)
    }

    /// A second line about a case that comes late is found by the next one, or at the end.
    func expectNothingElse(after what: String, but count: Int = 0) {
        let lines = fresh
        #expect(lines.count == count, "\(what): \(lines)")
        known += lines.count
    }
}
