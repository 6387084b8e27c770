import HTTPTypes
import Hummingbird
import Logging
import SyncCore

/// What a request of the API carries. It can be made without a connection: the command line
/// calls the same routes in its own process when no service is running.
public struct APIContext: RequestContext {
    public var coreContext: CoreRequestContextStorage

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }

    public init(logger: Logger) {
        coreContext = .init(source: LocalSource(logger: logger))
    }

    private struct LocalSource: RequestContextSource {
        let logger: Logger
    }
}

extension HTTPField.Name {
    /// Until accounts exist: the code of the person, unauthenticated.
    public static var user: HTTPField.Name {
        guard let name = HTTPField.Name("CreditSync-User") else {
            preconditionFailure("a constant header name is valid")
        }
        return name
    }
}

extension Request {
    func author() throws -> String {
        guard let code = headers[.user], AuthorCode.isValid(code) else { throw Problem.userMissing }
        return code
    }

    /// The head token of If-Match, without its quotes.
    func token() throws -> String {
        guard let field = headers[.ifMatch] else { throw Problem.tokenMissing }
        return field.trimmingPrefix("\"").trimmingSuffix("\"")
    }

    func query(_ name: String) -> String? {
        uri.queryParameters[Substring(name)].map(String.init)
    }

    /// 1 to 500, 50 unless said.
    func limit() throws -> Int {
        guard let text = query("limit") else { return 50 }
        guard let limit = Int(text), (1...500).contains(limit) else {
            throw Problem(
                "limit-invalid", .badRequest, "limit is a number from 1 to 500.",
                "limit 应为 1 到 500 的整数。")
        }
        return limit
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}

extension StringProtocol {
    fileprivate func trimmingPrefix(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : String(self)
    }
}
