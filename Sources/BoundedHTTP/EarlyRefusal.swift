/// What problems (RFC 9457) of every kind are named by: this and a name.
public enum ProblemType {
    public static let base = "https://creditsync.invalid/problems/"
}

/// A request that is refused before any route sees it, as a status and a problem (RFC 9457).
///
/// The answer is not signed: nothing of the request was believed yet.
struct EarlyRefusal: Hashable, Sendable {
    let status: Int
    let reason: String
    /// The last part of the problem's type.
    let problem: String
    let detail: String
    let detailChinese: String
    var fields: [String] = []

    static let headTooSlow = EarlyRefusal(
        status: 408, reason: "Request Timeout", problem: "too-slow",
        detail: "The head of the request did not come in time.",
        detailChinese: "请求头未在规定时间内到达。")
    static let bodyTooSlow = EarlyRefusal(
        status: 408, reason: "Request Timeout", problem: "too-slow",
        detail: "The body did not come in time: send less at once.",
        detailChinese: "请求体未在规定时间内到达：请减少单次发送的内容。")
    static let answerNotTaken = EarlyRefusal(
        status: 408, reason: "Request Timeout", problem: "answer-not-taken",
        detail: "The answer was not read.", detailChinese: "应答未被读取。")
    static let requestLineTooLong = EarlyRefusal(
        status: 414, reason: "URI Too Long", problem: "address-too-long",
        detail: "The request line is too long.", detailChinese: "请求地址过长。")
    static let headTooLarge = EarlyRefusal(
        status: 431, reason: "Request Header Fields Too Large", problem: "head-too-large",
        detail: "The head holds too many fields or bytes.", detailChinese: "请求头过大或字段过多。")
    static let malformed = EarlyRefusal(
        status: 400, reason: "Bad Request", problem: "http-malformed",
        detail: "This is not a well-formed HTTP/1.1 request.", detailChinese: "不是有效的 HTTP/1.1 请求。")
    static let cutShort = EarlyRefusal(
        status: 400, reason: "Bad Request", problem: "cut-short",
        detail: "The request ended before it was complete.", detailChinese: "请求未发送完整即中断。")
    static let bodyTooLarge = EarlyRefusal(
        status: 413, reason: "Content Too Large", problem: "too-large",
        detail: "The body is larger than this address takes.", detailChinese: "请求体超过允许的大小。")

    static func methodNotAllowed(_ allowed: String) -> EarlyRefusal {
        EarlyRefusal(
            status: 405, reason: "Method Not Allowed", problem: "method-not-allowed",
            detail: "No address here answers this method.", detailChinese: "不支持该请求方法。",
            fields: ["Allow: \(allowed)"])
    }

    static func busy(retryAfterSeconds: Int64) -> EarlyRefusal {
        EarlyRefusal(
            status: 503, reason: "Service Unavailable", problem: "busy",
            detail: "Too much at once: come back after Retry-After.",
            detailChinese: "请求过多，请稍后重试。", fields: ["Retry-After: \(retryAfterSeconds)"])
    }

    /// The whole answer as it goes out.
    var answer: String {
        let body =
            #"{"detail":"\#(detail)","detail_zh":"\#(detailChinese)","status":\#(status),"#
            + #""title":"\#(reason)","type":"\#(ProblemType.base)\#(problem)"}"#
        let lines =
            [
                "HTTP/1.1 \(status) \(reason)", "Content-Type: application/problem+json",
                "Content-Length: \(body.utf8.count)", "Connection: close",
            ] + fields
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}
