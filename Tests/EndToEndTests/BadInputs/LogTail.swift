import Rehearsal
import Testing

/// What a node's log says from now on: a refused request leaves exactly one line.
struct LogTail {
    private let node: NodeProcess
    private let before: Int

    init(of node: NodeProcess) {
        self.node = node
        before = Self.lines(node).count
    }

    private static func lines(_ node: NodeProcess) -> [Substring] {
        node.log.split(separator: "\n")
    }

    private var lines: [Substring] { Self.lines(node).dropFirst(before) + [] }

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
                lines.contains { $0.contains(message) } ? true : nil
            }
        }
        #expect(lines.count == (message == nil ? 0 : 1), "\(input): \(lines)")
    }
}
