import Foundation

/// `Protocol/` of the project.
public enum ProtocolFolder {
    public static let url = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Protocol")

    /// Set to write what is made from the program anew, instead of comparing it.
    public static let isWriting =
        ProcessInfo.processInfo.environment["CREDITSYNC_WRITE_PROTOCOL"] != nil

    public static func text(_ name: String) throws -> String {
        try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
    }

    public static func write(_ bytes: [UInt8], to file: URL) throws {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
}

/// A part of a document that is made from the program, between two comments, so that it cannot
/// become outdated unnoticed.
public struct Chapter: Sendable {
    public let document: String
    public let name: String

    /// The document says something else than the program does.
    public struct Outdated: Error, CustomStringConvertible {
        public let description: String
    }

    public init(_ document: String, _ name: String) {
        self.document = document
        self.name = name
    }

    /// Writes or compares, as ``ProtocolFolder/isWriting`` says.
    public func check(_ lines: [String]) throws {
        let text = try ProtocolFolder.text(document)
        let begin = "<!-- \(name) -->\n"
        let end = "<!-- /\(name) -->"
        guard let start = text.range(of: begin), let stop = text.range(of: end) else {
            throw Outdated(description: "\(document) has no part '\(name)'")
        }
        let wanted = "\n" + lines.joined(separator: "\n") + "\n\n"
        if ProtocolFolder.isWriting {
            let whole = text.replacingCharacters(
                in: start.upperBound..<stop.lowerBound, with: wanted)
            try ProtocolFolder.write(
                Array(whole.utf8), to: ProtocolFolder.url.appendingPathComponent(document))
        } else if text[start.upperBound..<stop.lowerBound] != wanted {
            throw Outdated(
                description: "\(document), part '\(name)': run with CREDITSYNC_WRITE_PROTOCOL=1")
        }
    }
}
