import Foundation
import Logging

/// Writes each event on one line, `time level message key=value …`, whatever is logged: what a
/// client sent must not look like a line of its own, nor run backwards.
public struct OneLineLog: LogHandler {
    public var logLevel = Logger.Level.notice
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let clock: @Sendable () -> Int64
    private let write: @Sendable (String) -> Void

    /// `clock`: milliseconds UTC. `write`: takes whole lines, with their end.
    public init(
        clock: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) },
        write: @escaping @Sendable (String) -> Void = OneLineLog.writeToStandardError
    ) {
        self.clock = clock
        self.write = write
    }

    /// One call for a line, so that lines of several threads do not mix.
    public static let writeToStandardError: @Sendable (String) -> Void = { line in
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        var line = BeijingTime.iso(milliseconds: clock())
        line += " \(event.level.rawValue) \(LogText.escaped(event.message.description))"
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += " \(LogText.quoted(key))=\(LogText.quoted(value.description))"
        }
        write(line + "\n")
    }
}

/// Text as a log line may hold it.
enum LogText {
    private static let scalarLimit = 2000

    /// In quotes unless it is one plain word. By scalars: a quotation mark with an accent on it is
    /// another character to Swift, and still a quotation mark to whoever reads the log.
    static func quoted(_ text: String) -> String {
        let escaped = escaped(text)
        let isWord = !text.unicodeScalars.contains { $0 == " " || $0 == "=" || $0 == "\"" }
        if isWord, !text.isEmpty, escaped == text { return text }
        var result = "\"".unicodeScalars
        for scalar in escaped.unicodeScalars {
            if scalar == "\"" { result.append("\\") }
            result.append(scalar)
        }
        result.append("\"")
        return String(result)
    }

    /// Without characters that end a line, hide or reorder what is read.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == scalarLimit {
                result.append("…")
                break
            }
            switch scalar {
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    let code = String(scalar.value, radix: 16, uppercase: true)
                    result.append(contentsOf: "\\u{\(code)}".unicodeScalars)
                default: result.append(scalar)
                }
            }
        }
        return String(result)
    }
}
