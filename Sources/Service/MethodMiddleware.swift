import HTTPTypes
import Hummingbird
import Synchronization

/// Says which methods an address of the API has, to those who use another.
struct MethodMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let table: MethodTable

    func handle(
        _ request: Request, context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let methods = table.methods(at: request.uri.path)
        if !methods.isEmpty, !methods.contains(request.method.rawValue) {
            throw Problem.wrongMethod(allowed: methods)
        }
        return try await next(request, context)
    }
}

/// The routes of the API. The router does not tell an unknown address from an unknown method.
final class MethodTable: Sendable {
    private struct Route {
        /// Nil stands for any text.
        let parts: [String?]
        let method: String
    }

    private let routes = Mutex<[Route]>([])

    func note(_ router: Router<APIContext>) {
        let noted = router.routes.map { route in
            Route(
                parts: Self.parts(route.path.description).map { $0.hasPrefix("{") ? nil : $0 },
                method: route.method.rawValue)
        }
        routes.withLock { $0 = noted }
    }

    func methods(at path: String) -> [String] {
        let parts = Self.parts(path)
        let methods = routes.withLock { routes in
            routes.filter { route in
                route.parts.count == parts.count
                    && zip(route.parts, parts).allSatisfy { $0 == nil || $0 == $1 }
            }.map(\.method)
        }
        // The router answers HEAD wherever it answers GET.
        return Set(methods.contains("GET") ? methods + ["HEAD"] : methods).sorted()
    }

    private static func parts(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init)
    }
}

extension Problem {
    static func wrongMethod(allowed methods: [String]) -> Problem {
        let list = methods.joined(separator: ", ")
        return Problem(
            "method-not-allowed", .methodNotAllowed, "This address takes \(list) only.",
            "此地址只接受 \(list)。", headers: [.allow: list])
    }
}
