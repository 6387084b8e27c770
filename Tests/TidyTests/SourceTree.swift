import Foundation

/// The project's own files, found from this file's place.
enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    struct File: CustomStringConvertible, Sendable {
        /// From the root, such as `Sources/Store/Tail.swift`.
        let path: String
        let lines: [String]
        var description: String { path }

        /// The folder under `Sources` or `Tests`.
        var target: String {
            let parts = path.split(separator: "/")
            return parts.count > 2 ? String(parts[1]) : ""
        }

        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let at = words.firstIndex(of: "import"), at < 3, at + 1 < words.count,
                    words[..<at].allSatisfy({
                        $0.hasPrefix("@") || $0 == "public" || $0 == "internal"
                    })
                else { return nil }
                return String(words[at + 1])
            }
        }
    }

    static func files(in folder: String) -> [File] {
        let base = root.appendingPathComponent(folder)
        guard let names = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return names.compactMap { $0 as? String }
            .filter { $0.hasSuffix(".swift") }
            .sorted()
            .compactMap { name in
                guard
                    let text = try? String(
                        contentsOf: base.appendingPathComponent(name), encoding: .utf8)
                else { return nil }
                return File(
                    path: folder + "/" + name,
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false)
                        .map(String.init))
            }
    }
}
