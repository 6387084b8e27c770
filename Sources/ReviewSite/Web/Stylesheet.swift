import HTTPTypes
import Hummingbird
import NIOCore
import SyncCore

/// The one style sheet, at an address that changes with its content.
struct Stylesheet: Sendable {
    private static let path = "/assets/review.css"
    private let fingerprint = String(Digest.sha256(Array(Templates.stylesheet.utf8)).hex.prefix(16))

    var address: String { "\(Self.path)?v=\(fingerprint)" }

    func response(to request: Request) -> Response {
        // An old page may still ask for an old version: that answer must not be kept.
        let isCurrent = request.uri.queryParameters["v"].map(String.init) == fingerprint
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/css; charset=utf-8",
                .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: Templates.stylesheet)))
    }
}
