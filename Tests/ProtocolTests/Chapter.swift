import Foundation
import Testing

/// A part of a document that is made from the program, between two comments, so that it cannot
/// become outdated unnoticed.
struct Chapter {
    let document: String
    let name: String

    /// Writes or compares, as ``ProtocolFolder/isWriting`` says.
    func check(_ lines: [String]) throws {
        let text = try ProtocolFolder.text(document)
        let begin = "<!-- \(name) -->\n"
        let end = "<!-- /\(name) -->"
        let start = try #require(text.range(of: begin), "\(document) has no \(begin)")
        let stop = try #require(text.range(of: end), "\(document) has no \(end)")
        let wanted = "\n" + lines.joined(separator: "\n") + "\n\n"
        if ProtocolFolder.isWriting {
            let whole = text.replacingCharacters(
                in: start.upperBound..<stop.lowerBound, with: wanted)
            try ProtocolFolder.write(
                Array(whole.utf8), to: ProtocolFolder.url.appendingPathComponent(document))
        } else {
            #expect(
                text[start.upperBound..<stop.lowerBound] == wanted,
                "\(document), part '\(name)': run with CREDITSYNC_WRITE_PROTOCOL=1")
        }
    }
}
