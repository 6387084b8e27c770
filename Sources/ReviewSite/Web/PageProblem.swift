import HTTPTypes
import Hummingbird
import Records
import Service
import Store

/// What went wrong, as a page says it.
struct PageProblem: Error {
    let status: HTTPResponse.Status
    let title: String
    let detail: String

    init(_ status: HTTPResponse.Status, _ title: String, _ detail: String) {
        self.status = status
        self.title = title
        self.detail = detail
    }

    init(_ error: any Error) {
        switch error {
        case let problem as PageProblem: self = problem
        case let problem as Problem:
            self.init(problem.status, Self.title(problem.status), problem.detail.chinese)
        case let error as HTTPError where error.status == .notFound: self = .notFound
        case let error as HTTPError:
            self.init(error.status, Self.title(error.status), "无法处理该请求，请返回后重试。")
        case StoreError.badToken, StoreError.badCursor: self = .outdatedLink
        case let error as StoreError: self.init(Problem(error))
        default:
            self.init(.internalServerError, "系统内部错误", "操作未完成，原因已写入本机日志，请联系管理员。")
        }
    }

    /// For the log: the API's name of the problem where it has one.
    static func name(of error: any Error) -> String {
        error is PageProblem ? "page" : Problem(describing: error).name
    }

    private static func title(_ status: HTTPResponse.Status) -> String {
        switch status {
        case .notFound: "没有找到"
        case .forbidden: "不允许的操作"
        case .conflict, .preconditionFailed: "内容已有变化"
        case .contentTooLarge: "内容过大"
        case .serviceUnavailable: "暂时不可用"
        case _ where status.code == 507: "磁盘空间不足"
        default: status.kind == .serverError ? "系统内部错误" : "请求有误"
        }
    }

    static let notFound = PageProblem(.notFound, "没有这个页面", "地址可能有误，或页面已不存在。")
    static let noSuchRecord = PageProblem(
        .notFound, "没有这条记录", "本节点没有这条记录：若由其他单位新建，请先同步。")
    static let outdatedLink = PageProblem(
        .badRequest, "链接已失效", "该链接不是本节点发出的，请从列表重新进入。")
    static let tooLarge = PageProblem(.contentTooLarge, "内容过大", "填写的内容过长，请精简后重试。")
    static let otherSite = PageProblem(
        .forbidden, "已拒绝提交", "该提交不是从本系统页面发出的。请返回冲突页面，重新填写后提交。")

    /// For the template.
    struct Model {
        let code: Int
        let heading: String
        let detail: String
        let isMissing: Bool
    }

    var model: Model {
        Model(
            code: status.code, heading: title, detail: detail, isMissing: status == .notFound)
    }
}
