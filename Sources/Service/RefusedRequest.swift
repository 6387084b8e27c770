import HTTPTypes
import Hummingbird
import Logging
import SyncCore

extension Logger {
    private static let pathCharacters = 200

    /// One line for each request that was not served, in the form that the sync routes use, too.
    /// `cause`: told where the failure is this node's own and its problem's name says too little.
    public func note(
        refused request: Request, _ problem: String, _ status: HTTPResponse.Status,
        cause: (any Error)? = nil
    ) {
        let isOwn = status.kind == .serverError
        var metadata: Logger.Metadata = [
            "problem": "\(problem)", "status": "\(status.code)",
            "method": "\(request.method.rawValue.prefix(20))",
            // Without the query, which may hold names of people.
            "path": "\(request.uri.path.prefix(Self.pathCharacters))",
        ]
        if let user = request.headers[.user], AuthorCode.isValid(user) {
            metadata["user"] = "\(user)"
        }
        if isOwn, let cause, !(cause is Problem) { metadata["cause"] = "\(cause)" }
        log(level: isOwn ? .error : .notice, "request refused", metadata: metadata)
    }
}
