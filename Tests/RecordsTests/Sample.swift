import Records
import SyncCore

/// Bodies and values to start a test from.
enum Sample {
    static let recordID = ShortID(
        Reference(
            log: LogID(
                node: NodeID("632521-01")!, incarnation: 7, scope: .province, lane: .records),
            sequence: 4711, prefix: 0x0123_4567_89AB_CDEF)
    ).description

    static let bodies: [String: [String: JSON]] = [
        "supplier": [
            "uscc": .string(FictionalSupplier.code(index: 1).code),
            "name": "示例物业服务有限公司", "formerNames": ["示例乙", "示例甲"],
            "orgForm": "ENTERPRISE", "regDivision": "632521", "regStatus": "ACTIVE",
            "categories": ["CATERING", "PROPERTY"], "smeClass": "SMALL",
            "contactPerson": "张某", "contactPhone": "0974-0000000",
        ],
        "creditRecord": [
            "supplier": .string(recordID), "source": "OFFICIAL_REF", "decisionBody": "某市场监管局",
            "decisionNo": "〔2026〕1号", "decisionDate": "2026-10-01",
            "legalBasis": ["《某法》第一条"], "polarity": "BAD", "conductCode": "C-01",
            "facts": "第一行\n第二行", "severity": "GENERAL", "penaltyFrom": "2026-10-01",
            "penaltyTo": "2027-10-01", "publicityMode": "PUBLIC", "publicityFrom": "2026-10-08",
            "publicityMinEnd": "2027-01-08", "publicityMaxEnd": "2027-10-08",
            "expiry": "2027-10-08", "evidence": [.string(String(repeating: "a1", count: 32))],
        ],
        "serviceLog": [
            "kind": "REPAIR", "occurredAt": 1_790_000_000_000, "supplier": .string(recordID),
            "site": "一号楼", "checkpoint": "CP-1", "standardItem": "S-3", "result": "已修复",
            "slaDue": 1_790_000_600_000, "arrivedAt": 1_790_000_300_000,
            "doneAt": 1_790_000_500_000, "overdue": false, "rating": 5,
            "corrects": .string(recordID), "note": "备注",
        ],
        "node": [
            "node": "632521-01", "publicKey": .string(String(repeating: "A", count: 43) + "="),
            "scopes": ["county/632521", "province"], "title": "共和县",
        ],
    ]

    static func values(of type: RecordType, _ edit: [String: JSON] = [:]) -> [FieldID: Value] {
        let body = (bodies[type.name] ?? [:]).merging(edit) { _, new in new }
        return type.parse(body, isNew: true).values.filter { $0.value != .null }
    }
}
