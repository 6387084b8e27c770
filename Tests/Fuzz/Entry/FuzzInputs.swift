import Foundation

/// The committed inputs of a target.
public enum FuzzInputs: String, Sendable {
    /// What a fuzzer starts from.
    case corpus = "Corpus"
    /// What once failed.
    case crashers = "Crashers"

    public func folder(of target: String) -> URL {
        URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("\(rawValue)/\(target)")
    }

    /// In order of their names.
    public func files(of target: String) -> [URL] {
        let found = try? FileManager.default.contentsOfDirectory(
            at: folder(of: target), includingPropertiesForKeys: nil)
        return (found ?? []).sorted { $0.path < $1.path }
    }

    /// What each file breaks; empty when all is well.
    public func violations(
        of target: String, _ run: ([UInt8]) throws(Violation) -> Void
    ) throws -> [String] {
        try files(of: target).compactMap { file in
            let bytes = Array(try Data(contentsOf: file))
            do throws(Violation) { try run(bytes) } catch {
                return "\(target) \(file.lastPathComponent): \(error)"
            }
            return nil
        }
    }
}
