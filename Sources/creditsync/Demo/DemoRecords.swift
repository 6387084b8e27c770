import Foundation
import Records

/// Fictional records on real shapes: standards as published, durations of real requests. Everything
/// follows from the index, so that two runs tell the same story.
enum DemoRecords {
    private static let standards = DemoTable(ServiceStandards.csv).rows
    private static let requests = DemoTable(ServiceRequests.csv).rows

    /// An invented firm with a valid code of an unassigned division.
    static func supplier(_ index: Int, county: String) -> JSON {
        [
            "uscc": .string(FictionalSupplier.code(index: index).code),
            "name": .string(FictionalSupplier.name(index: index)),
            "orgForm": "ENTERPRISE",
            "regDivision": .string(county),
            "regStatus": "ACTIVE",
            "contactPhone": .string("0974-85\(20000 + index)"),
        ]
    }

    /// An own evaluation, lawful for a county bureau to write.
    static func credit(supplier: String) -> JSON {
        [
            "supplier": .string(supplier), "source": "PERFORMANCE", "polarity": "BAD",
            "severity": "SLIGHT", "facts": "电梯急修两次超过三十分钟到场（虚构示例）",
            "legalBasis": ["合同第七条 违约责任（虚构示例）"], "publicityMode": "NONE",
            "expiry": "2027-06-30",
        ]
    }

    /// A log entry: what the standard asks, with the times of a real request.
    static func log(_ index: Int, supplier: String, start: Int64) -> JSON {
        let standard = standards[index % standards.count]
        let request = requests[index % requests.count]
        let opened = time(request["open_dt"]) ?? 0
        // The shape of the request, moved to the days before the demo.
        let base = start - Int64(index % 30) * 86_400_000
        var entry: [String: JSON] = [
            "kind": .string(["REPAIR", "PATROL", "INSPECTION", "COMPLAINT"][index % 4]),
            "occurredAt": .integer(base), "supplier": .string(supplier),
            "site": .string("机关办公区\(index % 5 + 1)号楼"),
            "standardItem": .string(standard["item"] ?? ""),
            "result": .string((standard["standard"] ?? "") + "，已处理（虚构示例）"),
        ]
        let due = time(request["target_dt"]).map { base + $0 - opened }
        let done = time(request["closed_dt"]).map { base + $0 - opened }
        if let due { entry["slaDue"] = .integer(due) }
        if let done { entry["doneAt"] = .integer(done) }
        if let due, let done { entry["overdue"] = .bool(done > due) }
        return .object(entry)
    }

    /// `2022-01-21 13:47:00` in milliseconds; only differences matter.
    private static func time(_ text: String?) -> Int64? {
        guard let text, !text.isEmpty else { return nil }
        let style = Date.ISO8601FormatStyle().year().month().day().dateTimeSeparator(.space)
            .time(includingFractionalSeconds: false)
        return (try? style.parse(text)).map { Int64($0.timeIntervalSince1970 * 1000) }
    }
}
