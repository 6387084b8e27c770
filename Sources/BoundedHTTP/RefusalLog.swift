import Logging

/// One line for each refused request, in one form, so that an operator finds all by one message.
/// What a client chose stands in values only: it is for the log's handler to keep it on the line.
public enum RefusalLog {
    public static let message: Logger.Message = "request refused"
    private static let pathCharacters = 200

    /// `path`: without the query, which may hold names of people. `cause`: where the failure is
    /// this node's own and the problem's name says too little.
    public static func note(
        _ logger: Logger, problem: String, status: Int, path: String?,
        _ more: Logger.Metadata = [:], cause: (any Error)? = nil
    ) {
        var metadata = more
        metadata["problem"] = "\(problem)"
        metadata["status"] = "\(status)"
        metadata["path"] = "\(path?.prefix(pathCharacters) ?? "-")"
        if let cause { metadata["cause"] = "\(cause)" }
        logger.log(level: cause == nil ? .notice : .error, message, metadata: metadata)
    }
}
