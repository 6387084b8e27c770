import LogWriting
import Records
import SyncCore
import WireFormat

extension Vector {
    private static func scene(
        _ type: String = "supplier", _ build: (inout Scene) -> Vector
    ) -> Vector {
        var scene = Scene(type: type)
        return build(&scene)
    }

    private static func open(
        _ scene: Scene, _ kind: ConflictClass, _ slot: String, _ sides: [Reference]
    ) -> [String: JSON] {
        [
            "conflicts": [
                [
                    "name": .string("\(ShortID(scene.record)).\(slot)"),
                    "class": .string(kind.name),
                    "sides": .array(sides.sorted().map(scene.id)),
                ]
            ]
        ]
    }

    private static let none: [String: JSON] = ["conflicts": []]

    static let conflictCases: [Vector] = [
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            let right = scene.rename(\.second, "丙公司", shown: [scene.record])
            return scene.vector(
                "K1", "two-names", "two offices change one name",
                open(scene, .sameField, "group-11", [left, right]))
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            _ = scene.rename(\.second, "丙公司", shown: [left])
            return scene.vector(
                "K1", "one-after-the-other", "the second had seen the first", accepts: false, none)
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            let right = scene.rename(\.second, "丙公司", shown: [scene.record])
            let one = scene.rename(\.first, "丁公司", .decision, shown: [left, right])
            let other = scene.rename(\.second, "戊公司", .decision, shown: [left, right])
            return scene.vector(
                "K2", "two-decisions", "two reviewers decide differently",
                open(scene, .decisionVsDecision, "group-11", [one, other]))
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            let right = scene.rename(\.second, "丙公司", shown: [scene.record])
            let one = scene.rename(\.first, "丁公司", .decision, shown: [left, right])
            let other = scene.rename(\.second, "戊公司", .decision, shown: [left, right])
            let late = scene.rename(\.hub, "己公司", shown: [right])
            return scene.vector(
                "K2", "two-decisions-and-an-edit", "a third side that is no decision",
                open(scene, .decisionVsDecision, "group-11", [one, other, late]))
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            let right = scene.rename(\.second, "丙公司", shown: [scene.record])
            let one = scene.rename(\.first, "丁公司", .decision, shown: [left, right])
            let late = scene.rename(\.second, "戊公司", shown: [right])
            return scene.vector(
                "K2", "decision-and-late-edit", "a decision and an edit that had not seen it",
                accepts: false, open(scene, .sameField, "group-11", [one, late]))
        },
        scene { scene in
            let withdrawal = scene.setLife(\.first, withdrawn: true, shown: [scene.record])
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            return scene.vector(
                "K3", "withdrawn-and-edited", "one office withdraws what another edits",
                open(scene, .withdrawVsEdit, "life", [withdrawal, edit]))
        },
        scene { scene in
            let withdrawal = scene.setLife(\.first, withdrawn: true, shown: [scene.record])
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            scene.hub.add(kind: .join, .of(scene.record), parents: [withdrawal, edit])
            return scene.vector(
                "K3", "a-join-does-not-close", "a join does not close it",
                open(scene, .withdrawVsEdit, "life", [withdrawal, edit]))
        },
        scene { scene in
            let withdrawal = scene.setLife(\.first, withdrawn: true, shown: [scene.record])
            let more = scene.second.add(
                .of(scene.record), parents: [scene.record],
                [
                    (ReservedGroup.life, [], LifeValue.withdrawn),
                    (Scene.name, [scene.record], LogWriter.name("乙公司")),
                ])
            return scene.vector(
                "K3", "withdrawal-that-also-edits", "two offices withdraw, one of which also edits",
                open(scene, .withdrawVsEdit, "life", [withdrawal, more]))
        },
        scene { scene in
            let life = scene.first.add(
                .of(scene.record), parents: [scene.record],
                [(ReservedGroup.life, [], [0xA2, 0x01, 0x00, 0x07, 0x01])])
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            return scene.vector(
                "K3", "life-with-more", "a life group with a field that nobody knows yet",
                open(scene, .withdrawVsEdit, "life", [life, edit]))
        },
        scene { scene in
            let withdrawal = scene.setLife(\.first, withdrawn: true, shown: [scene.record])
            let edit = scene.rename(\.second, "乙公司", shown: [scene.record])
            _ = scene.setLife(
                \.hub, withdrawn: true, .decision, shown: [withdrawal, edit],
                replacing: [withdrawal])
            return scene.vector(
                "K3", "decided", "a decision that saw both closes it", accepts: false, none)
        },
        scene { scene in
            _ = scene.setLife(\.first, withdrawn: true, shown: [scene.record])
            _ = scene.setLife(\.second, withdrawn: true, shown: [scene.record])
            return scene.vector(
                "K3", "withdrawn-twice", "two offices withdraw: they agree", accepts: false, none)
        },
        scene { scene in
            let withdrawal = scene.setLife(\.first, withdrawn: true, shown: [scene.record])
            let restored = scene.setLife(\.second, withdrawn: false, shown: [scene.record])
            return scene.vector(
                "K4", "withdrawn-and-kept", "withdrawn here, declared alive there",
                open(scene, .sameField, "life", [withdrawal, restored]))
        },
        scene { scene in
            let withdrawal = scene.setLife(\.first, withdrawn: true, shown: [scene.record])
            _ = scene.setLife(
                \.second, withdrawn: false, shown: [withdrawal], replacing: [withdrawal])
            return scene.vector(
                "K4", "restored", "withdrawn, seen, and restored", accepts: false, none)
        },
        scene("creditRecord") { scene in
            let left = scene.rename(\.first, "乙", shown: [scene.record])
            let right = scene.resize(\.second, "LARGE", shown: [scene.record])
            return scene.vector(
                "K5", "two-groups", "two offices change different groups of a credit record",
                open(scene, .parallelEdit, "parallel", [left, right]))
        },
        scene { scene in
            _ = scene.rename(\.first, "乙公司", shown: [scene.record])
            _ = scene.resize(\.second, "LARGE", shown: [scene.record])
            return scene.vector(
                "K5", "not-consequential", "the same of a supplier is merged", accepts: false, none)
        },
        scene("creditRecord") { scene in
            let left = scene.rename(\.first, "乙", shown: [scene.record])
            let right = scene.resize(\.second, "LARGE", shown: [scene.record])
            scene.hub.add(kind: .join, .of(scene.record), parents: [left, right])
            return scene.vector("K5", "joined", "somebody looked at both", accepts: false, none)
        },
        scene("creditRecord") { scene in
            let left = scene.first.add(
                .of(scene.record), parents: [scene.record],
                [(11, [scene.record], LogWriter.name("乙")), (14, [], LogWriter.name("一"))])
            let right = scene.second.add(
                .of(scene.record), parents: [scene.record],
                [(11, [scene.record], LogWriter.name("乙")), (15, [], LogWriter.name("二"))])
            return scene.vector(
                "K5", "agreed-in-one",
                "they agree in one group and differ in which others they changed",
                open(scene, .parallelEdit, "parallel", [left, right]))
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            let right = scene.rename(\.second, "丙公司", shown: [scene.record])
            _ = scene.rename(\.hub, "乙公司", .decision, shown: [left, right])
            return scene.vector(
                "K6", "decided", "a decision replaces both sides", accepts: false, none)
        },
        scene { scene in
            let left = scene.rename(\.first, "乙公司", shown: [scene.record])
            let right = scene.rename(\.second, "丙公司", shown: [scene.record])
            let decision = scene.rename(\.hub, "乙公司", .decision, shown: [left, right])
            let late = scene.rename(\.second, "丁公司", shown: [right])
            return scene.vector(
                "K6", "a-later-side", "a side that the decision had not seen",
                open(scene, .sameField, "group-11", [decision, late]))
        },
    ]
}
