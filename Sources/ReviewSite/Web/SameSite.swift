import Access
import HTTPTypes
import Hummingbird

/// The pages know nobody yet and trust whoever sits at this machine. So no other site may post
/// through that person's browser, nor read by pointing its own name at this machine.
enum SameSite {
    static func check(_ request: Request) throws {
        if let authority = request.head.authority, !LoopbackRule.allows(host: host(of: authority)) {
            throw PageProblem.wrongHost
        }
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

    /// Without the port, and without the brackets of an IPv6 address.
    private static func host(of authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        return authority.split(separator: ":").first.map { $0.lowercased() } ?? ""
    }
}
