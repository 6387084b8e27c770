import Records
import SyncSession

extension ExchangeFailure {
    /// Why nothing was exchanged, for people.
    public var sentence: Bilingual {
        switch self {
        case .unreachable(let why):
            Bilingual(
                "省级节点没有应答。数据均在本机，将自动重试（技术信息：\(why)）。",
                "The hub did not answer (\(why)). Nothing is lost; it is tried again.")
        case .here(let why):
            Bilingual(
                "本机存储出错，将自动重试：请检查磁盘（技术信息：\(why)）。",
                "This node's own store failed; it is tried again. Check the disk (\(why)).")
        case .damagedHere(let why): Bilingual(damage: why)
        case .busy(let seconds):
            Bilingual(
                "省级节点繁忙，\(seconds) 秒后重试。", "The hub is busy; it is tried again in \(seconds) s.")
        case .noRoom(let seconds):
            Bilingual(
                "省级节点磁盘空间不足，暂不接收上传，接收照常；本机数据不会丢失，约 \(seconds) 秒后重试。请通知省级管理员清理磁盘。",
                "The hub's disk is nearly full: it takes nothing in, fetching goes on. Nothing is "
                    + "lost; sending is tried again in about \(seconds) s. Tell the hub's operator "
                    + "to make room.")
        case .refused(let status, let type, let detail):
            Bilingual(
                "省级节点拒绝了请求（\(status) \(type)）：\(detail)",
                "The hub refused (\(status) \(type)). \(detail)")
        case .untrusted(let why):
            Bilingual("应答不是由省级节点签名的，未予采用（技术信息：\(why)）。", "The answer cannot be trusted: \(why).")
        }
    }

    /// Nobody answered, or asked to come back later.
    public var isUnreachable: Bool {
        switch self {
        case .unreachable, .busy: true
        case .noRoom: false
        case .here, .damagedHere, .refused, .untrusted: false
        }
    }
}

extension Bilingual {
    /// Of a node whose store contradicts itself.
    init(damage what: String) {
        self.init(
            "本机存储的数据已损坏，请运行 creditsync repair（技术信息：\(what)）。",
            "What is stored here is damaged: run `creditsync repair` (\(what)).")
    }
}
