import HTTPTypes
import Hummingbird
import Logging
import Records
import Store
import SyncCore

extension Problem {
    static let notFound = Problem(
        "not-found", .notFound, "There is nothing at this address.", "此地址没有内容。")
    static let noSuchType = Problem(
        "no-such-type", .notFound, "No such record type; see /api/v1/types.",
        "没有这种记录类型，见 /api/v1/types。")
    static let noSuchRecord = Problem(
        "no-such-record", .notFound,
        "No such record is stored here. If it is new elsewhere, sync first.",
        "本节点没有这条记录：若由其他单位新建，请先同步。")
    static let noSuchConflict = Problem(
        "no-such-conflict", .notFound, "This conflict is not open: it was decided, or never was.",
        "该冲突未处于待处理状态：可能已经裁定，或不存在。")
    static let userMissing = Problem(
        "user-missing", .badRequest,
        "Say who you are: CreditSync-User with letters, digits, '.', '_' or '-', at most 32.",
        "请注明经办人代码：仅限字母、数字、“.”“_”“-”，最多 32 位，不得使用姓名。")
    static let tokenMissing = Problem(
        "token-missing", .preconditionRequired,
        "Read the record first and send its ETag as If-Match.",
        "请先读取记录，并在 If-Match 中带上其 ETag。")
    static let badToken = Problem(
        "token-invalid", .badRequest, "This token was not handed out by this node.",
        "令牌不是本节点发出的，请重新读取记录。")
    static let busy = Problem(
        "busy", .serviceUnavailable,
        "Another program keeps the database locked; nothing was written. Close it, then try again.",
        "数据库被其他程序锁定，未写入任何内容：请关闭该程序后重试。", headers: [.retryAfter: "5"])
    static let diskFloor = Problem(
        "disk-floor", HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
        "The disk is almost full, so nothing more is written here; reading and fetching go on. Make "
            + "room in the data folder's file system, or lower --disk-floor-mib.",
        "磁盘空间即将用尽，本节点暂停写入，查询和接收不受影响：请清理数据目录所在磁盘，或调低 --disk-floor-mib。",
        headers: [.retryAfter: "60"])
    static let bodyNoObject = Problem(
        "body-malformed", .badRequest,
        "The body must be one JSON object, with the fields as members.",
        "请求体应为一个 JSON 对象，各字段为其成员。")
    static let bodyTooLarge = Problem(
        "too-large", .contentTooLarge, "A body holds at most 1 MiB: send less.",
        "请求体最多 1 MiB，请减少内容。")
    static let bodyIncomplete = Problem(
        "body-incomplete", .badRequest, "The body ended too early: send it again.",
        "请求体不完整，请重新发送。")
    static let bodyNotJSON = Problem(
        "content-type", .unsupportedMediaType,
        "Send the body as application/json in UTF-8, with that Content-Type.",
        "请以 UTF-8 编码的 application/json 发送请求体，并注明 Content-Type。",
        headers: [.accept: "application/json"])
    static let bodyEncoded = Problem(
        "content-encoding", .unsupportedMediaType,
        "Send the body as it is: no Content-Encoding is understood here.",
        "请直接发送请求体，不要压缩：本接口不支持 Content-Encoding。",
        headers: [.acceptEncoding: "identity"])
    static let badCursor = Problem(
        "cursor-invalid", .badRequest,
        "This cursor is not one of a page's `next`: begin without a cursor.",
        "翻页标记无效：请不带 cursor 从第一页重新查询。")
    static let insertOnly = Problem(
        "insert-only", .unprocessableContent,
        "Records of this type are never edited: add a new one that names it in `corrects`.",
        "此类记录不得修改：请新增一条更正记录，并在 corrects 中注明原记录。")
    static let hubOnly = Problem(
        "hub-only", .forbidden, "Only the hub does this.", "此操作只能在省级节点进行。")
    static let ownRegistration = Problem(
        "own-registration", .unprocessableContent,
        "This is the hub's own name or key; a county node has others.",
        "这是省级节点自己的编号或公钥，县级节点应另有编号和公钥。")
    static let foreignCounty = Problem(
        "foreign-county", .unprocessableContent,
        "The county code is unknown, or not in this hub's province.",
        "区划代码不存在，或不属于本省。")
    static let noUpstream = Problem(
        "no-upstream", .conflict, "This node has no hub to sync with.", "本节点没有上级节点可同步。")

    static func invalid(_ problems: [FieldProblem]) -> Problem {
        Problem(
            "invalid-fields", .unprocessableContent, "Some fields are not right; see `fields`.",
            "有字段不符合要求，见 fields。", members: ["fields": problems.json])
    }
}

extension [FieldProblem] {
    var json: JSON {
        .array(
            map { problem in
                .object([
                    "field": .string(problem.field), "code": .string(problem.code),
                    "severity": .string(problem.severity == .error ? "error" : "warning"),
                    "message": .string(problem.message.english),
                    "message_zh": .string(problem.message.chinese),
                ])
            })
    }
}

extension Problem {
    /// What the store's word means to a caller.
    public init(_ error: StoreError) {
        self =
            switch error {
            case .noSuchRecord: .noSuchRecord
            case .badToken: .badToken
            case .badCursor: .badCursor
            case .insertOnly: .insertOnly
            case .conflictMoved: .conflictMoved
            case .stale(let record):
                Problem(
                    "stale", .preconditionFailed,
                    "The record changed since it was shown. Read it again; or send ?keepBoth=true to "
                        + "keep your edit beside what came.",
                    "记录在打开后已被更改：请重新读取；或加 ?keepBoth=true 将你的修改与新修改并存。",
                    members: [
                        "heads": .array(
                            record.state.heads.map { .string(ShortID($0).description) })
                    ], token: record.token)
            case .disputed(let group):
                Problem(
                    "disputed", .conflict,
                    "Group \(group) has several values that await a decision: use the conflict page.",
                    "该字段存在未裁定的冲突，请在冲突页面处理。")
            case .tooLarge(let what): Problem("too-large", .contentTooLarge, what, "内容过大：" + what)
            case .notStored:
                Problem(
                    "not-stored", .serviceUnavailable,
                    "The disk failed, and nothing was stored: try again.",
                    "磁盘出错，本次内容未保存：请重试。")
            case .outcomeUnknown:
                Problem(
                    "outcome-unknown", .serviceUnavailable,
                    "The disk failed at the commit and goes on failing: read again as soon as it "
                        + "works, before retrying.",
                    "提交时磁盘出错且尚未恢复，结果不明：请待磁盘恢复后重新读取，再决定是否重试。")
            case .busy: .busy
            case .ambiguousID:
                Problem(
                    "ambiguous-id", .conflict,
                    "The id names changes of two branches of a forked log.",
                    "该编号对应分叉日志中的多条变更。")
            case .locked(let path):
                Problem(
                    "locked", .conflict,
                    "\(path) is in use: a service already runs there, or another command is at work.",
                    "\(path) 正被使用：已有服务在运行，或另一命令正在执行。")
            case .notInitialised(let path):
                Problem(
                    "not-initialised", .conflict,
                    "There is no node in \(path): run `creditsync init`.",
                    "目录中没有节点，请先运行 creditsync init。")
            case .alreadyInitialised(let path):
                Problem(
                    "already-initialised", .conflict, "\(path) holds a node already.", "目录中已有节点。")
            case .foreign(let what): Problem("foreign-database", .conflict, what, "数据库不属于本版本。")
            case .damaged(let what):
                Problem("damaged", .internalServerError, Bilingual(damage: what))
            }
    }
}
