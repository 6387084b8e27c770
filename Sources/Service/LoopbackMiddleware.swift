import Access
import HTTPTypes
import Hummingbird

/// Refuses requests that were meant for another host. A page elsewhere could otherwise point its
/// own name at 127.0.0.1 and talk to this service through a clerk's browser.
struct LoopbackMiddleware: RouterMiddleware {
    typealias Context = APIContext

    func handle(
        _ request: Request, context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard let authority = request.head.authority, LoopbackRule.allows(host: host(authority))
        else {
            throw Problem(
                "wrong-host", .misdirectedRequest,
                "Until accounts exist this service answers on 127.0.0.1 or localhost only.",
                "在建立用户账户之前，本服务只接受以 127.0.0.1 或 localhost 访问。")
        }
        return try await next(request, context)
    }

    /// Without the port; `[::1]:8630` is `::1`.
    private func host(_ authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        return String(authority.prefix { $0 != ":" })
    }
}
