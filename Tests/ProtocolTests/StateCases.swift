import LogWriting
import Records
import SyncCore
import WireFormat

/// Two counties and the hub, each writing one log about one supplier.
struct Scene {
    var first = Cast.writer(Cast.first)
    var second = Cast.writer(Cast.second)
    var hub = Cast.writer(Cast.hub, 9, .province, .control)
    let record: Reference

    static let name: GroupID = 11
    static let size: GroupID = 14

    init(type: String = "supplier") {
        record = first.add(.creates(type: type), [(Self.name, [], LogWriter.name("甲公司"))])
    }

    /// A change of the name, shown these heads and, unless said otherwise, the same values.
    mutating func rename(
        _ writer: WritableKeyPath<Scene, LogWriter>, _ name: String, _ kind: ChangeKind = .edit,
        shown heads: [Reference], replacing: [Reference]? = nil
    ) -> Reference {
        self[keyPath: writer].add(
            kind: kind, .of(record), parents: heads,
            [(Self.name, replacing ?? heads, LogWriter.name(name))])
    }

    mutating func resize(
        _ writer: WritableKeyPath<Scene, LogWriter>, _ code: String, shown heads: [Reference],
        replacing: [Reference] = []
    ) -> Reference {
        self[keyPath: writer].add(
            .of(record), parents: heads,
            [(Self.size, replacing, ValueCodec.encode(group: [Value.Entry(8, .text(code))]))])
    }

    mutating func setLife(
        _ writer: WritableKeyPath<Scene, LogWriter>, withdrawn: Bool, _ kind: ChangeKind = .edit,
        shown heads: [Reference], replacing: [Reference] = []
    ) -> Reference {
        self[keyPath: writer].add(
            kind: kind, .of(record), parents: heads,
            [(ReservedGroup.life, replacing, withdrawn ? LifeValue.withdrawn : LifeValue.alive)])
    }

    /// Every log in one segment, in all orders.
    func vector(
        _ rule: String, _ name: String, _ title: String, accepts: Bool = true,
        without: [LogID] = [],
        _ expected: [String: JSON]
    ) -> Vector {
        let logs = [first, second, hub].filter { !$0.changes.isEmpty && !without.contains($0.log) }
        return .store(
            rule, name, title, accepts: accepts, logs.map(\.sealed),
            orders: Self.permutations(Array(1...logs.count)), expected)
    }

    private static func permutations(_ items: [Int]) -> [[Int]] {
        if items.count <= 1 { return [items] }
        return items.flatMap { item in
            permutations(items.filter { $0 != item }).map { [item] + $0 }
        }
    }

    func id(_ reference: Reference) -> JSON { .string(ShortID(reference).description) }
}

extension Vector {
    private static func scene(
        _ type: String = "supplier", _ build: (inout Scene) -> Vector
    ) -> Vector {
        var scene = Scene(type: type)
        return build(&scene)
    }

    private static let quiet: [String: JSON] = ["conflicts": []]

    /// One record is stored, with this much waiting and held.
    private static func record(waiting: Int = 0, visible: Bool = true) -> [String: JSON] {
        ["records": [["waiting": .integer(Int64(waiting)), "visible": .bool(visible)]]]
    }

    static let stateCases: [Vector] = [
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            _ = scene.rename(\.first, "丙公司", shown: [edit])
            return scene.vector(
                "M1", "complete", "three changes, each of which names the one before", record())
        },
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            _ = scene.rename(\.first, "丙公司", shown: [edit])
            return scene.vector(
                "M1", "waiting", "the second of three is not stored: the third waits",
                accepts: false, without: [scene.second.log], record(waiting: 1))
        },
        scene { scene in
            _ = scene.rename(\.second, "乙公司", shown: [scene.record])
            return scene.vector(
                "M1", "creation-missing", "the record's creation is not stored", accepts: false,
                without: [scene.first.log], record(waiting: 1, visible: false))
        },
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            _ = scene.rename(\.first, "丙公司", shown: [edit])
            scene.hub.add(kind: .void, .of(scene.record), target: edit)
            return scene.vector(
                "M2", "void", "what the third waits for is declared lost",
                without: [scene.second.log], record())
        },
        scene { scene in
            let other = scene.first.supplier("另一公司")
            scene.second.add(
                .of(scene.record), parents: [scene.record, other],
                [(Scene.name, [scene.record], LogWriter.name("乙公司"))])
            return scene.vector(
                "M1", "parent-of-another-record",
                "what it names as a parent is stored, but belongs to another record",
                accepts: false,
                ["records": [["waiting": 1], ["waiting": 0]]])
        },
        scene { scene in
            let edit = scene.rename(\.first, "乙公司", shown: [scene.record])
            scene.second.add(
                .of(edit), parents: [edit], [(Scene.name, [edit], LogWriter.name("丙公司"))])
            return scene.vector(
                "M1", "record-that-is-none", "what it names as its record creates nothing",
                accepts: false,
                ["records": [["waiting": 0], ["waiting": 1, "visible": false, "type": ""]]])
        },
        scene { scene in
            _ = scene.rename(\.second, "乙公司", shown: [scene.record])
            scene.hub.add(kind: .void, .of(scene.record), target: scene.record)
            return scene.vector(
                "M2", "void-of-a-creation",
                "the creation is declared lost: nothing waits, nothing is shown",
                without: [scene.first.log],
                ["records": [["waiting": 0, "visible": false, "type": ""]]])
        },
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            _ = scene.rename(\.first, "丙公司", shown: [edit])
            scene.hub.add(kind: .void, .of(scene.record), target: edit)
            return scene.vector(
                "M2", "void-of-what-is-there", "a void of a change that is stored has no effect",
                accepts: false, record())
        },
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            scene.second.add(
                kind: .void, .of(scene.record),
                target: Reference(log: Cast.log(Cast.first, 6), sequence: 1, prefix: 1))
            scene.first.add(
                .of(scene.record),
                parents: [edit, Reference(log: Cast.log(Cast.first, 6), sequence: 1, prefix: 1)],
                [(Scene.size, [], LogWriter.name("大"))])
            return scene.vector(
                "M2", "void-of-a-county", "a void that is not the hub's has no effect",
                accepts: false, record(waiting: 1))
        },
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            scene.hub.judge(edit, of: scene.record, holds: true)
            return scene.vector(
                "M3", "held", "a held edit: what it had replaced stands again", quiet)
        },
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            let hold = scene.hub.judge(edit, of: scene.record, holds: true)
            scene.hub.judge(edit, of: scene.record, holds: false, replacing: [hold])
            return scene.vector("M3", "released", "held and released", quiet)
        },
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            let hold = scene.hub.judge(edit, of: scene.record, holds: true)
            scene.hub.judge(hold, of: scene.record, holds: true)
            return scene.vector(
                "M3", "verdict-on-a-verdict", "a hold cannot be held", accepts: false, quiet)
        },
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            scene.hub.judge(edit, of: scene.record, holds: true)
            scene.hub.add(kind: .void, .of(scene.record), target: edit)
            return scene.vector(
                "M3", "verdict-on-what-was-lost",
                "a hold of a change that is not stored and declared lost",
                accepts: false, without: [scene.second.log], record())
        },
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            let hold = scene.hub.judge(edit, of: scene.record, holds: true)
            let unknown = Reference(log: scene.hub.log, sequence: 99, prefix: 1)
            scene.hub.judge(edit, of: scene.record, holds: false, replacing: [hold, unknown])
            return scene.vector(
                "M3", "waiting-release", "a release that waits for a verdict replaces nothing yet",
                accepts: false, record(waiting: 1))
        },
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            scene.first.judge(edit, of: scene.record, holds: true)
            return scene.vector(
                "M3", "held-by-a-county", "a verdict that is not the hub's has no effect",
                accepts: false, quiet)
        },
        scene { scene in
            scene.hub.judge(scene.record, of: scene.record, holds: true)
            return scene.vector(
                "M4", "creation-held", "a held creation hides the record", accepts: false,
                record(visible: false))
        },
        scene { scene in
            _ = scene.rename(\.second, "乙公司", shown: [scene.record])
            return scene.vector("M4", "accepted", "an edit that is not held", record())
        },
        scene { scene in
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            _ = scene.rename(\.first, "丙公司", shown: [edit])
            scene.hub.judge(edit, of: scene.record, holds: true)
            return scene.vector(
                "M5", "through-a-held-change",
                "what a held edit had replaced stays replaced by the edit after it", quiet)
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            let right = scene.rename(\.second, "丙公司", shown: [scene.record])
            let decision = scene.rename(\.hub, "丁公司", .decision, shown: [left, right])
            let after = scene.rename(\.first, "戊公司", shown: [decision])
            scene.hub.judge(decision, of: scene.record, holds: true)
            return scene.vector(
                "M5", "not-past-a-held-decision",
                "a held decision of two sides: both stand again, beside the edit after it",
                accepts: false,
                [
                    "conflicts": [
                        [
                            "class": "same-field",
                            "sides": .array([left, right, after].sorted().map(scene.id)),
                        ]
                    ]
                ])
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            let right = scene.rename(\.second, "乙公司", shown: [scene.record])
            _ = (left, right)
            return scene.vector("M6", "equal-values", "two siblings of equal value agree", quiet)
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            let right = scene.rename(\.second, "丙公司", shown: [scene.record])
            return scene.vector(
                "M6", "different-values", "two siblings of different value do not", accepts: false,
                [
                    "conflicts": [
                        [
                            "class": "same-field",
                            "sides": .array([left, right].sorted().map(scene.id)),
                        ]
                    ]
                ])
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            _ = scene.rename(\.first, "己公司", shown: [left])
            _ = scene.rename(\.second, "丙公司", shown: [scene.record])
            return scene.vector(
                "M7", "creation", "the creation is what all sides had seen",
                ["records": [["disputed": [["group": 11, "last_agreed": scene.id(scene.record)]]]]])
        },
        scene { scene in
            _ = scene.resize(\.first, "LARGE", shown: [scene.record])
            _ = scene.resize(\.second, "SMALL", shown: [scene.record])
            return scene.vector(
                "M7", "unset", "nothing had been agreed", accepts: false,
                ["records": [["disputed": [["group": 14, "last_agreed": nil]]]]])
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            let right = scene.rename(\.second, "丙公司", shown: [scene.record])
            let both = scene.rename(\.first, "丁公司", .decision, shown: [left, right])
            _ = scene.rename(\.first, "戊公司", shown: [both])
            _ = scene.rename(\.second, "己公司", shown: [both])
            return scene.vector(
                "M7", "decision", "after a decision, that is the last agreed value",
                ["records": [["disputed": [["group": 11, "last_agreed": scene.id(both)]]]]])
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            _ = scene.resize(\.second, "LARGE", shown: [left])
            return scene.vector("M8", "one-head", "a chain has one head", quiet)
        },
        scene { scene in
            _ = scene.rename(\.first, "乙公司", shown: [scene.record])
            _ = scene.resize(\.second, "LARGE", shown: [scene.record])
            return scene.vector(
                "M8", "two-heads", "two changes that do not reach each other", accepts: false, quiet
            )
        },
        scene { scene in scene.vector("M9", "visible", "a creation", record()) },
        scene { scene in
            scene.hub.judge(scene.record, of: scene.record, holds: true)
            _ = scene.rename(\.second, "乙公司", shown: [scene.record])
            return scene.vector(
                "M9", "hidden", "a held creation and an accepted edit", accepts: false,
                record(visible: false))
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            let right = scene.resize(\.second, "LARGE", shown: [scene.record])
            scene.first.add(kind: .join, .of(scene.record), parents: [left, right])
            let other = scene.second.supplier("另一公司")
            scene.hub.judge(other, of: other, holds: true)
            return scene.vector("M10", "all-parts", "two records: groups, heads, verdicts", quiet)
        },
        .store(
            "M10", "two-scopes", "records of the province and of a county",
            [
                Scene().first.sealed,
                {
                    var writer = Cast.writer(Cast.first, 5, Scope("county/632521")!, .events)
                    writer.add(.creates(type: "serviceLog"), [(10, [], [0xA0])])
                    return writer.sealed
                }(),
            ], orders: [[1, 2], [2, 1]],
            ["records": [["type": "supplier"], ["type": "serviceLog"]]]),
        scene { scene in
            _ = scene.rename(\.first, "乙公司", shown: [scene.record])
            _ = scene.rename(\.second, "丙公司", shown: [scene.record], replacing: [])
            return scene.vector(
                "M10", "three-siblings", "one that replaced nothing stands beside", accepts: false,
                ["records": [["disputed": [["group": 11]]]]])
        },
        scene("weighbridge") { scene in
            let edit = scene.rename(\.second, "乙", shown: [scene.record])
            scene.first.add(.of(scene.record), parents: [edit], [(99, [], LogWriter.name("新"))])
            return scene.vector(
                "V3", "unknown-type", "a type and a group that nobody knows yet",
                ["records": [["type": "weighbridge", "waiting": 0]]])
        },
        .store(
            "V3", "unknown-type-broken", "an unknown type does not excuse a bad signature",
            accepts: false, [Scene(type: "weighbridge").first.seal(1...1, by: Cast.secondKey)],
            ["results": results("refused bad-signature")]),
    ]
}
