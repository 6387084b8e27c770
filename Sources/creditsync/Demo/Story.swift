import Foundation

/// Prints the demo's story as it happens.
struct Story: Sendable {
    func chapter(_ number: Int, _ chinese: String, _ english: String) {
        say("\n\(number). \(chinese) / \(english)")
    }

    func say(_ text: String) {
        print(text)
        fflush(nil)
    }

    func table(_ table: Table) { say(table.text) }
}
