import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import Records

/// An answer of the API.
public struct APIAnswer: Sendable {
    public let status: Int
    /// The head token, from the ETag.
    public let token: String?
    public let body: [UInt8]

    public init(status: Int, tag: String?, body: [UInt8]) {
        self.status = status
        token = tag.map { $0.replacingOccurrences(of: "\"", with: "") }
        self.body = body
    }

    /// Null for what is not JSON.
    public var json: JSON { JSON(decoding: body) ?? .null }
}

/// The API of a running service.
public struct ServiceConnection: Sendable {
    public let address: String

    public init(address: String) { self.address = address }

    /// Verification of a large store takes minutes.
    static let timeoutSeconds: Int64 = 300
    static let answerBytes = 64 << 20

    /// `user`: code of the person who asks. `token`: of what was read, for a write.
    public func send(
        _ method: HTTPRequest.Method, _ path: String, user: String? = nil, token: String? = nil,
        body: JSON? = nil
    ) async throws -> APIAnswer {
        var request = HTTPClientRequest(url: address + path)
        request.method = NIOHTTP1.HTTPMethod(rawValue: method.rawValue)
        if let user { request.headers.add(name: "CreditSync-User", value: user) }
        if let token { request.headers.add(name: "If-Match", value: "\"\(token)\"") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body.encoded)
        }
        return try await answer(
            HTTPClient.shared.execute(request, timeout: .seconds(Self.timeoutSeconds)))
    }

    /// Hands over the answer's body as it comes, so that it may be of any length. An answer of 400
    /// or more hands over nothing and has its body itself.
    public func download(
        _ path: String, as type: String, to write: (ByteBuffer) throws -> Void
    ) async throws -> APIAnswer {
        var request = HTTPClientRequest(url: address + path)
        request.headers.add(name: "Accept", value: type)
        let response = try await HTTPClient.shared.execute(
            request, timeout: .seconds(Self.timeoutSeconds))
        if response.status.code >= 400 { return try await answer(response) }
        for try await buffer in response.body { try write(buffer) }
        return APIAnswer(status: Int(response.status.code), tag: nil, body: [])
    }

    private func answer(_ response: HTTPClientResponse) async throws -> APIAnswer {
        let buffer = try await response.body.collect(upTo: Self.answerBytes)
        return APIAnswer(
            status: Int(response.status.code), tag: response.headers.first(name: "ETag"),
            body: Array(buffer.readableBytesView))
    }
}
