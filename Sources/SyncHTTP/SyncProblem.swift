import Foundation
import HTTPTypes

/// A refused request (RFC 9457): `type` is stable, the details say what to do.
public struct SyncProblem: Error, Sendable, Codable {
    public let type: String
    public let title: String
    public let status: Int
    public let detail: String
    public let detailChinese: String

    enum CodingKeys: String, CodingKey {
        case type, title, status, detail
        case detailChinese = "detail_zh"
    }

    static let base = "https://creditsync.invalid/problems/"

    init(_ name: String, _ status: Int, _ title: String, _ detail: String, _ chinese: String) {
        type = Self.base + name
        self.title = title
        self.status = status
        self.detail = detail
        detailChinese = chinese
    }

    /// The last part of the type.
    public var name: String { String(type.dropFirst(Self.base.count)) }

    static let noProof = SyncProblem(
        "signature-missing", 401, "The request is not signed",
        "Send a COSE_Sign1 over the request in CreditSync-Proof.",
        "请求未签名：请在 CreditSync-Proof 中附上 COSE_Sign1 签名。")
    static let badProof = SyncProblem(
        "signature-malformed", 400, "The signature cannot be read",
        "CreditSync-Proof must be one base64 COSE_Sign1 with the five protected headers.",
        "签名无法解析：CreditSync-Proof 应为一个 base64 编码的 COSE_Sign1。")
    /// The same for an unknown node and a wrong signature: an outsider learns nothing.
    static let notAuthenticated = SyncProblem(
        "signature-invalid", 401, "The request is not signed by a registered node",
        "Register the node's public key at the hub with `creditsync node add`.",
        "请求不是由已登记节点签名的：请在省级节点用 creditsync node add 登记其公钥。")
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
    static let crowded = SyncProblem(
        "busy", 503, "Too many requests", "Come back after Retry-After.", "请求过多，请稍后重试。")
    static let tooLarge = SyncProblem(
        "too-large", 413, "The body is too large",
        "One exchange holds at most 8 MiB: send less, the rest goes with the next one.",
        "请求体过大：一次同步最多 8 MiB，请减少内容，其余下次再传。")
    static let malformed = SyncProblem(
        "malformed", 400, "The body cannot be read",
        "The body must be the CBOR sequence described by the protocol, in canonical form.",
        "请求体无法解析：应为协议规定的规范 CBOR 序列。")
    static let unsupported = SyncProblem(
        "unsupported", 426, "The message is of a version this hub does not know",
        "Upgrade the older side.", "消息版本不受支持：请升级较旧的一方。")
    static let scopeNotGranted = SyncProblem(
        "scope-not-granted", 403, "A scope was named that is not granted to this node",
        "Ask for the node's own scopes only; they are set by `creditsync node add`.",
        "请求了未授权的范围：节点只能请求登记时授予的范围。")
    static let storage = SyncProblem(
        "outcome-unknown", 503, "The hub could not say whether its commit went through",
        "Send the same again: repeating is harmless.",
        "省级节点无法确认提交结果：请重复发送，重复不会造成影响。")
}
