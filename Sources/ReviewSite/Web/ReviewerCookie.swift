import Hummingbird
import SyncCore

/// Remembers the code that the person typed last. It proves nothing: there are no accounts yet.
enum ReviewerCookie {
    private static let name = "creditsync_user"
    private static let days = 180

    static func read(_ request: Request) -> String? {
        request.cookies[name].map { String($0.value) }.flatMap {
            AuthorCode.isValid($0) ? $0 : nil
        }
    }

    static func set(_ code: String, on response: inout Response) {
        response.setCookie(
            Cookie(
                name: name, value: code, maxAge: days * 86_400, path: "/", httpOnly: true,
                sameSite: .strict))
    }
}
