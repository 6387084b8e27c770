import Foundation
import Hummingbird
import NIOCore

/// The fields of a submitted form (`application/x-www-form-urlencoded`).
struct FormBody: Sendable {
    private static let bytes = 256 * 1024
    private let entries: [String: [String]]

    init(_ request: Request) async throws {
        let buffer: ByteBuffer
        do { buffer = try await request.body.collect(upTo: Self.bytes) } catch {
            throw PageProblem.tooLarge
        }
        self.init(String(buffer: buffer))
    }

    init(_ text: String) {
        var entries: [String: [String]] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decoded(parts[0])
            entries[name, default: []].append(parts.count == 2 ? Self.decoded(parts[1]) : "")
        }
        self.entries = entries
    }

    private static func decoded(_ text: Substring) -> String {
        let plain = text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? ""
        // Browsers send line ends as CR LF.
        return plain.replacingOccurrences(of: "\r\n", with: "\n")
    }

    subscript(_ name: String) -> String? { entries[name]?.first }

    func all(_ name: String) -> [String] { entries[name] ?? [] }
}
