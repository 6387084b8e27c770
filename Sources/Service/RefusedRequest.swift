import BoundedHTTP
import HTTPTypes
import Hummingbird
import Logging
import SyncCore

extension Logger {
    /// One line for each request of the API and the pages that was not served.
    public func note(
        refused request: Request, _ problem: String, _ status: HTTPResponse.Status,
        cause: (any Error)? = nil
    ) {
        // Who began a body and did not end it was refused, and noted, where the connection is
        // guarded.
        if problem == Problem.bodyIncomplete.name { return }
        var more: Logger.Metadata = ["method": "\(request.method.rawValue.prefix(20))"]
        if let user = request.headers[.user], AuthorCode.isValid(user) { more["user"] = "\(user)" }
        let isOwn = status.kind == .serverError && !(cause is Problem)
        RefusalLog.note(
            self, problem: problem, status: status.code, path: request.uri.path, more,
            cause: isOwn ? cause : nil)
    }
}
