import BoundedHTTP
import Foundation
import SyncCore
import WireFormat

/// A refused request (RFC 9457): `type` is stable, the details say what to do.
public struct SyncProblem: Error, Sendable, Codable {
    public let type: String
    public let title: String
    public let status: Int
    public let detail: String
    public let detailChinese: String
    /// Versions of the protocol that this hub knows.
    public var supported: [UInt64]?
    /// Names of the scopes that are granted.
    public var scopes: [String]?

    /// Header fields of the answer, not part of the problem.
    var retryAfterSeconds: Int64?
    var allowedMethods: String?
    /// For the hub's log only.
    var cause: (any Error)?

    enum CodingKeys: String, CodingKey {
        case type, title, status, detail, supported, scopes
        case detailChinese = "detail_zh"
    }

    init(_ name: String, _ status: Int, _ title: String, _ detail: String, _ chinese: String) {
        type = ProblemType.base + name
        self.title = title
        self.status = status
        self.detail = detail
        detailChinese = chinese
    }

    var encoded: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self))
        }
    }

    /// The last part of the type.
    public var name: String { String(type.dropFirst(ProblemType.base.count)) }

    /// No node that is set up asks like this: the signature is wrong, missing or worn out, or
    /// there is nothing where it asks. Addresses from which such requests come in numbers are
    /// refused before a body is read.
    var isFailure: Bool {
        switch name {
        case Self.clockOff.name, Self.wrongBoot.name: false
        case Self.badProof.name, Self.revoked.name: true
        case Self.notFound.name, Self.methodNotAllowed.name: true
        default: status == 401
        }
    }

    /// The signature was right, and every node begins like this after a start of either side; but
    /// so does who sends again and again what it heard from one.
    var isFailureIfRepeated: Bool { [Self.clockOff.name, Self.wrongBoot.name].contains(name) }

    public static func busy(retryAfterSeconds: Int64) -> SyncProblem {
        var problem = SyncProblem(
            "busy", 503, "Too much at once", "Come back after Retry-After.", "请求过多，请稍后重试。")
        problem.retryAfterSeconds = retryAfterSeconds
        return problem
    }

    static func tooManyRequests(retryAfterSeconds: Int64) -> SyncProblem {
        var problem = SyncProblem(
            "too-many-requests", 429, "Too many requests",
            "Come back after Retry-After; one exchange may carry many records.",
            "请求过于频繁：请稍后重试，一次同步可携带多条记录。")
        problem.retryAfterSeconds = retryAfterSeconds
        return problem
    }

    // MARK: Who asks

    static let noProof = SyncProblem(
        "signature-missing", 401, "The request is not signed",
        "Send a COSE_Sign1 over the request in CreditSync-Proof.",
        "请求未签名：请在 CreditSync-Proof 中附上 COSE_Sign1 签名。")
    static let badProof = SyncProblem(
        "signature-malformed", 400, "The signature cannot be read",
        "CreditSync-Proof must be one base64 COSE_Sign1 with the five protected headers.",
        "签名无法解析：CreditSync-Proof 应为一个 base64 编码的 COSE_Sign1。")
    static let algorithm = SyncProblem(
        "signature-algorithm", 401, "The signature is of another algorithm",
        "Sign with Ed25519: COSE algorithm -8.", "签名算法不受支持：请使用 Ed25519（COSE 算法 -8）。")
    /// The same for an unknown node and a wrong signature: an outsider learns nothing.
    static let notAuthenticated = SyncProblem(
        "signature-invalid", 401, "The request is not signed by a registered node",
        "Register the node's public key at the hub with `creditsync node add`; sign exactly the "
            + "method, path, hub and body that are sent.",
        "请求不是由已登记节点签名的：请在省级节点用 creditsync node add 登记其公钥，"
            + "签名内容须与发送的方法、路径、省级节点名和请求体一致。")
    /// Only for who signs with a key that was once registered.
    public static let revoked = SyncProblem(
        "node-revoked", 403, "This node's registration was withdrawn",
        "Ask the hub's administrators; what the node wrote before stays as it is.",
        "该节点的登记已被撤销：请联系省级管理员，此前写入的内容不受影响。")
    static let clockOff = SyncProblem(
        "clock", 401, "The request's time is more than five minutes from the hub's",
        "Repeat with the time in this answer's signature. Claimed times of records stay as they are.",
        "请求时间与省级节点相差超过五分钟：请按本应答签名中的时间重试，记录中的时间不变。")
    static let wrongBoot = SyncProblem(
        "boot", 401, "The request was signed for another run of the hub",
        "Repeat with the boot number in this answer's signature.",
        "请求是为省级节点的另一次运行签名的：请按本应答签名中的启动号重试。")
    static let replayed = SyncProblem(
        "replay", 401, "The nonce was used before",
        "Sign each request with a fresh nonce.", "随机数已使用过：每次请求都要使用新的随机数。")

    // MARK: What is asked

    static let notFound = SyncProblem(
        "not-found", 404, "There is nothing at this address",
        "The sync routes are \(SyncPath.exchange) and \(SyncPath.wake).", "此地址没有内容。")
    static let methodNotAllowed: SyncProblem = {
        var problem = SyncProblem(
            "method-not-allowed", 405, "This address answers POST only", "Send a POST.",
            "此地址只接受 POST 请求。")
        problem.allowedMethods = "POST"
        return problem
    }()
    static let mediaType = SyncProblem(
        "media-type", 415, "The body is of another type",
        "Send Content-Type: \(SyncPath.contentType).", "请求体类型应为 \(SyncPath.contentType)。")
    static let contentEncoding = SyncProblem(
        "content-encoding", 415, "The body is encoded once more",
        "Send no Content-Encoding: segments are compressed already.",
        "不接受 Content-Encoding：数据段本身已压缩。")
    static let tooLarge = SyncProblem(
        "too-large", 413, "The body is too large",
        "One exchange holds at most 8 MiB, and each list in it has its limit: send less, the rest "
            + "goes with the next one.",
        "请求体过大：一次同步最多 8 MiB，其中各列表也有上限，请减少内容，其余下次再传。")

    static func undecodable(_ error: WireError) -> SyncProblem {
        switch error.rule {
        case .tooLarge: return tooLarge
        case .unsupported:
            var problem = SyncProblem(
                "unsupported", 426, "The message is of a version this hub does not know",
                "Upgrade the older side.", "消息版本不受支持：请升级较旧的一方。")
            problem.supported = [MessageCodec.protocolVersion]
            return problem
        default:
            return SyncProblem(
                "malformed", 400, "The body cannot be read",
                "The body must be the CBOR sequence described by the protocol, in canonical form: "
                    + "\(error.rule.name) at byte \(error.offset).",
                "请求体无法解析：应为协议规定的规范 CBOR 序列（第 \(error.offset) 字节，\(error.rule.name)）。")
        }
    }

    static func scopeNotGranted(granted: [Scope]) -> SyncProblem {
        var problem = SyncProblem(
            "scope-not-granted", 403, "A scope was named that is not granted to this node",
            "Ask for the scopes in `scopes` only; they are set by `creditsync node add`.",
            "请求了未授权的范围：节点只能请求登记时授予的范围，见 scopes。")
        problem.scopes = granted.sorted().map(\.description)
        return problem
    }

    // MARK: The store

    public static func outcomeUnknown(cause: any Error) -> SyncProblem {
        var problem = SyncProblem(
            "outcome-unknown", 503, "The hub could not say whether its commit went through",
            "Send the same again: repeating is harmless.",
            "省级节点无法确认提交结果：请重复发送，重复不会造成影响。")
        problem.retryAfterSeconds = 5
        problem.cause = cause
        return problem
    }
    /// What nobody foresaw, or a store that contradicts itself.
    static func failedHere(cause: any Error) -> SyncProblem {
        var problem = SyncProblem(
            "internal", 500, "Something failed at the hub",
            "The hub's log says what. Its operator should run `creditsync verify` there.",
            "省级节点内部错误，详见其日志：请省级管理员在该节点运行 creditsync verify。")
        problem.cause = cause
        return problem
    }
    /// It takes nothing in, but still gives: a request without segments is answered.
    public static let diskFloor: SyncProblem = {
        var problem = SyncProblem(
            "disk-floor", 507, "The hub's disk is almost full",
            "Nothing is taken in until its administrators have made room; fetching goes on.",
            "省级节点磁盘空间即将用尽，暂停接收上传，下载不受影响。")
        problem.retryAfterSeconds = 60
        return problem
    }()
}
