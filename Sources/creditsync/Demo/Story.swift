import Foundation

/// Prints the demo's story as it happens; silent when only JSON is wanted.
struct Story: Sendable {
    let isSilent: Bool

    func chapter(_ number: Int, _ chinese: String, _ english: String) {
        say("\n\(number). \(chinese) / \(english)")
    }

    func say(_ text: String) {
        if isSilent { return }
        print(text)
        fflush(nil)
    }

    func table(_ table: Table) { say(table.text) }
}
