import HTTPTypes
import Hummingbird

/// The pages know nobody yet and trust whoever sits at this machine. So no other site may post
/// through that person's browser; that the request was meant for this machine is checked before.
enum SameSite {
    static func check(_ request: Request) throws {
        if request.method == .get || request.method == .head { return }
        guard isOwn(request) else { throw PageProblem.otherSite }
    }

    private static func isOwn(_ request: Request) -> Bool {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }) {
            return site == "same-origin" || site == "none"
        }
        guard let origin = request.headers[.origin], let authority = request.head.authority
        else { return false }
        return origin == "http://\(authority)" || origin == "https://\(authority)"
    }
}
