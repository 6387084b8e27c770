import BoundedHTTP
import Foundation
import HTTPTypes
import Hummingbird
import Records

/// An error as callers see it (RFC 9457): `type` is stable, the details say what to do next, in
/// English and in Chinese.
public struct Problem: Error, Sendable {
    public static let base = ProblemType.base

    public let name: String
    public let status: HTTPResponse.Status
    public let detail: Bilingual
    /// Further members: the new heads of a record, the fields that are wrong.
    public var members: [String: JSON] = [:]
    public var token: String?
    /// What else the answer says: when to come back, which methods there are.
    public var headers: HTTPFields = [:]

    init(
        _ name: String, _ status: HTTPResponse.Status, _ english: String, _ chinese: String,
        members: [String: JSON] = [:], token: String? = nil, headers: HTTPFields = [:]
    ) {
        self.name = name
        self.status = status
        detail = Bilingual(chinese, english)
        self.members = members
        self.token = token
        self.headers = headers
    }

    init(_ name: String, _ status: HTTPResponse.Status, _ detail: Bilingual) {
        self.init(name, status, detail.english, detail.chinese)
    }

    var json: JSON {
        var object = members
        object["type"] = .string(Self.base + name)
        object["title"] = .string(status.reasonPhrase)
        object["status"] = .integer(Int64(status.code))
        object["detail"] = .string(detail.english)
        object["detail_zh"] = .string(detail.chinese)
        return .object(object)
    }
}

extension Problem: HTTPResponseError {
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        if let token { headers[.eTag] = "\"\(token)\"" }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.encoded)))
    }
}
