import Foundation
import Hummingbird
import Records
import Service
import Store
import SyncCore

/// The open conflicts, filtered and page by page.
struct ConflictListPage {
    struct Row {
        let kind: String
        let address: String
        let typeTitle: String
        let recordTitle: String
        let topic: String
        let offices: [String]
        let sideCount: Int
        let latest: String
    }

    struct Option {
        let value: String
        let title: String
        let isSelected: Bool
    }

    /// How a county stands with the hub: an empty list of a node that has not synced says little.
    struct SyncState {
        let lastSync: String
        let failure: Bool
        let isDamaged: Bool
    }

    let rows: [Row]
    let isEmpty: Bool
    let isFiltered: Bool
    let hasCursor: Bool
    let firstPage: String
    let nextPage: String?
    let types: [Option]
    let kinds: [Option]
    let sync: SyncState?
}

extension ReviewSite {
    private static let rowsPerPage = 50

    func listConflicts(_ request: Request) async throws -> Response {
        let type = request.filter("type")
        let className = request.filter("class")
        let cursor = request.filter("cursor")
        let kind = ConflictClass.allCases.first { $0.name == className }
        if className != nil, kind == nil {
            throw PageProblem(.badRequest, "请求有误", "没有这种冲突类别，请从列表页重新筛选。")
        }
        let model = try await offload { [node] in
            let page = try node.store.conflicts(
                type: type, kind: kind, after: cursor, limit: Self.rowsPerPage)
            return ConflictListPage(
                rows: page.elements.map { Self.row($0, at: node) },
                isEmpty: page.elements.isEmpty,
                isFiltered: type != nil || kind != nil,
                hasCursor: cursor != nil,
                firstPage: Address.list(type: type, kind: className, cursor: nil),
                nextPage: page.next.map { Address.list(type: type, kind: className, cursor: $0) },
                types: Catalogue.all.filter { !$0.isInsertOnly }.map {
                    .init(value: $0.name, title: $0.title.chinese, isSelected: $0.name == type)
                },
                kinds: ConflictClass.allCases.map {
                    .init(value: $0.name, title: $0.chineseName, isSelected: $0 == kind)
                },
                sync: try Self.syncState(node))
        }
        return .page(templates.page("conflictList", model, title: "待处理冲突", at: node))
    }

    private static func row(_ item: ConflictItem, at node: Node) -> ConflictListPage.Row {
        var offices: [String] = []
        for side in item.sides {
            let office = Origin.office(of: side.reference.log.node)
            if !offices.contains(office) { offices.append(office) }
        }
        return ConflictListPage.Row(
            kind: item.kind.chineseName, address: Address.conflict(item.name),
            typeTitle: item.typeTitle, recordTitle: item.recordTitle, topic: item.topic,
            offices: offices, sideCount: item.sides.count,
            latest: item.sides.map(\.claimedTime).max().map {
                BeijingTime.short(milliseconds: $0)
            } ?? "")
    }

    private static func syncState(_ node: Node) throws -> ConflictListPage.SyncState? {
        if node.isHub { return nil }
        let view = node.view(of: try node.store.status())
        let last = view["lastSync"]?.string.map {
            $0.prefix(16).replacingOccurrences(of: "T", with: " ")
        }
        return .init(
            lastSync: last ?? "本次启动后尚未同步", failure: view["lastFailure"]?.string != nil,
            isDamaged: view["damage"]?.string != nil)
    }
}
