import HTTPTypes
import Hummingbird
import Logging
import Store

/// Answers every failure as a problem, and logs each refused request once.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let logger: Logger

    func handle(
        _ request: Request, context: APIContext,
        next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let problem = Problem(describing: error)
            logger.note(refused: request, problem.name, problem.status, cause: error)
            return try problem.response(from: request, context: context)
        }
    }
}

extension Problem {
    /// What any error means to a caller; what nobody foresaw is in the log only.
    public init(describing error: any Error) {
        self =
            switch error {
            case let problem as Problem: problem
            case let error as StoreError: Problem(error)
            case let error as HTTPError where error.status == .notFound: .notFound
            case let error as HTTPError:
                Problem(
                    "http", error.status, error.body ?? "The request cannot be served.", "无法处理该请求。",
                    headers: error.headers)
            default:
                Problem(
                    "internal", .internalServerError, "Something failed here; the log says what.",
                    "内部错误，详见日志。")
            }
    }
}
