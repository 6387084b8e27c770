import Logging

/// One line for each refused request, in one form, so that an operator finds all by one message.
public enum RefusalLog {
    public static let message: Logger.Message = "request refused"
    static let pathCharacters = 200

    /// `node`: only one whose signature was checked; otherwise the address says who asked.
    public static func note(
        _ logger: Logger, problem: String, path: String?, node: String? = nil,
        address: @autoclosure () -> String
    ) {
        var metadata: Logger.Metadata = [
            "problem": "\(problem)", "path": "\(path.map(escaped) ?? "-")",
        ]
        if let node { metadata["node"] = "\(node)" } else { metadata["address"] = "\(address())" }
        logger.notice(message, metadata: metadata)
    }

    /// A client chooses its path: it must not write lines of its own into the log.
    public static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(pathCharacters) {
            if scalar.isASCII, scalar.value > 0x20, scalar.value < 0x7f, scalar != "\\" {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return text.unicodeScalars.count > pathCharacters ? result + "…" : result
    }
}
