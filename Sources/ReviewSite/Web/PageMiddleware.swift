import HTTPTypes
import Hummingbird
import Logging
import Service

/// Around every page: who may post, the security headers, and problems as pages.
struct PageMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let node: Node
    let templates: PageTemplates

    func handle(
        _ request: Request, context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        // Addresses that the API does not know are the API's to answer.
        if request.uri.path.hasPrefix("/api/") { return try await next(request, context) }
        var response: Response
        do {
            try SameSite.check(request)
            response = try await next(request, context)
            if response.status.code >= 400 {
                node.logger.note(refused: request, "page", response.status)
            }
        } catch {
            let problem = PageProblem(error)
            node.logger.note(
                refused: request, PageProblem.name(of: error), problem.status, cause: error)
            response = .page(
                templates.page("problem", problem.model, title: problem.title, at: node),
                status: problem.status)
        }
        for field in Self.securityHeaders { response.headers[field.name] = field.value }
        return response
    }

    private static let securityHeaders: HTTPFields = {
        var fields: HTTPFields = [
            .contentSecurityPolicy:
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
                + "frame-ancestors 'none'; img-src 'self'",
            .xContentTypeOptions: "nosniff",
        ]
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()
}
