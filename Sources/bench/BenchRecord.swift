import Records
import Store
import SyncCore
import SyncSession
import WireFormat

/// The records that everything is measured with: twelve fields, about 400 bytes as compact JSON,
/// Chinese text, of a mutable type. The peers in README's table were measured with records of the
/// same shape and content.
struct BenchRecord {
    static let type = "benchRecord"
    static let schemaVersion: UInt32 = 1

    /// What is disputed and replaced as a whole.
    enum Group {
        static let identity: GroupID = 10
        static let person: GroupID = 11
        static let place: GroupID = 12
        static let handling: GroupID = 13
        static let amount: GroupID = 14
        static let note: GroupID = 15
    }

    private let fields: [(name: String, group: GroupID, field: FieldID, value: Value)]

    /// `office`: whose it is. The same numbers give the same record.
    init(_ index: Int, office: Int = 0) {
        var dice = SplitMix64(seed: UInt64(office) << 32 ^ UInt64(index))
        let county = Self.counties[office % Self.counties.count]
        let place = "第\(dice.roll(1...20))乡\(dice.roll(1...40))村\(dice.roll(1...300))号"
        let phone = "1\(dice.roll(30...99))\(Self.digits(8, dice.roll(0...99_999_999)))"
        let note = (0..<6).map { _ in dice.pick(Self.phrases) }.joined(separator: "，") + "。"
        let id = Digest.sha256(Array("\(office):\(index)".utf8)).bytes.prefix(16)
        fields = [
            ("id", Group.identity, 1, .text(Array(id).hex)),
            (
                "case_no", Group.identity, 2,
                .text("\(2020 + index % 7)-\(Self.digits(2, office))-\(Self.digits(7, index))")
            ),
            ("name", Group.person, 3, .text(dice.name(2))),
            ("county", Group.place, 4, .text(county)),
            ("address", Group.place, 5, .text(county + place)),
            ("phone", Group.person, 6, .text(phone)),
            ("status", Group.handling, 7, .text(dice.pick(Self.states))),
            ("amount", Group.amount, 8, .integer(Int64(dice.roll(100...500_000)))),
            ("created", Group.identity, 9, .integer(dice.time(1_700_000_000, 60_000_000))),
            ("updated", Group.handling, 10, .integer(dice.time(1_760_000_000, 6_000_000))),
            ("operator", Group.handling, 11, .text(dice.name(1))),
            ("note", Group.note, 12, .text(note)),
        ]
    }

    private static func digits(_ count: Int, _ number: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }

    private var groups: [GroupID: [FieldID: Value]] {
        fields.reduce(into: [:]) { $0[$1.group, default: [:]][$1.field] = $1.value }
    }

    /// A new record of an own log.
    func creation(in scope: Scope) -> Edit {
        Edit(
            target: .new(type: Self.type, scope: scope, lane: .records), basis: .nothing,
            writes: groups.mapValues { .fields($0) }, author: "bench",
            schemaVersion: Self.schemaVersion)
    }

    /// Another amount, by somebody who was shown the record.
    static func edit(of shown: StoredRecord, amount: Int64) -> Edit {
        Edit(
            target: .existing(shown.state.record), basis: .token(shown.token),
            writes: [Group.amount: .fields([8: .integer(amount)])], author: "bench",
            schemaVersion: schemaVersion)
    }

    /// As a change holds them.
    var values: [GroupValue] {
        groups.map { group, fields in
            GroupValue(
                group: group,
                bytes: ValueCodec.encode(group: fields.map { Value.Entry($0, $1) }))
        }
    }

    /// What the peers store.
    var json: JSON {
        .object(
            Dictionary(
                uniqueKeysWithValues: fields.map { entry in
                    switch entry.value {
                    case .integer(let number): (entry.name, .integer(number))
                    case .text(let text): (entry.name, .string(text))
                    default: (entry.name, .null)
                    }
                }))
    }

    /// Of one record on average.
    static var jsonBytes: Double {
        Double((0..<1000).reduce(0) { $0 + BenchRecord($1).json.encoded.count }) / 1000
    }

    private static let counties = [
        "城关县", "临河县", "东山县", "清水县", "平川县", "永宁县", "安定县", "西和县", "宁阳县", "青龙县",
    ]
    private static let states = ["待审核", "已通过", "退回补正", "已归档"]
    private static let phrases = [
        "经核查", "材料齐全", "待补充身份证明", "已电话通知本人", "村委会盖章", "符合低保条件", "家庭收入偏低", "子女外出务工", "房屋需修缮",
        "本月已发放", "复核通过", "转乡镇民政办", "记录无误", "需要实地走访", "医疗救助申请",
    ]
}

extension SplitMix64 {
    fileprivate mutating func roll(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    fileprivate mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[roll(0...elements.count - 1)]
    }

    /// Seconds since 1970.
    fileprivate mutating func time(_ first: Int64, _ span: Int) -> Int64 {
        first + Int64(roll(0...span))
    }

    /// A family name, and so many characters more.
    fileprivate mutating func name(_ given: Int) -> String {
        String([pick(families)] + (0..<given).map { _ in pick(givenNames) })
    }
}

private let families = Array("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
private let givenNames = Array("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂")
