import Records
import Service
import Store
import SyncCore

/// Who, where and when of a change, in words.
struct Origin {
    let office: String
    let nodeName: String
    let author: String
    let time: String
    /// Whose clock said so: the time is evidence, not order.
    let clock: String

    init(_ reference: Reference, author: String, claimedTime: Int64, at node: Node) {
        let origin = reference.log.node
        nodeName = origin.name
        office = Self.office(of: origin)
        self.author = author
        time = BeijingTime.short(milliseconds: claimedTime)
        clock = origin == node.identity.node ? "按本机时钟" : "按对方时钟"
    }

    static func office(of node: NodeID) -> String { office(of: String(node.name.prefix(6))) }

    static func office(of division: String) -> String {
        Divisions.fullName(of: division) ?? division
    }
}
