import APIClient
import Records
import Rehearsal

/// Decides an open conflict, as its page shows it.
struct Reviewer {
    let desk: Desk
    var dice: Dice

    static let listed = 40

    mutating func decideOne() async {
        let list = await desk.read("/api/v1/conflicts?limit=\(Self.listed)")
        let names = (list?.json["conflicts"]?.array ?? []).compactMap { $0["name"]?.string }
        desk.scene.ledger.note(conflicts: names)
        guard let name = dice.pick(names) else { return }
        let path = "/api/v1/conflicts/\(name.queryEscaped)"
        var shown = Shown()
        let before = await record(of: name, into: &shown)
        guard let page = await desk.read(path), let token = page.token else { return }
        // Rules look across the record; what of it the decision was made by lies between.
        if before { _ = await record(of: name, into: &shown) }
        // A page lies open for a while.
        if dice.chance(50) { await dice.rest(50...600) }
        await decide(page.json, name, path, token, shown)
    }

    /// What the record shows, for a broken rule: its page names sides that hold other groups.
    private func record(of name: String, into shown: inout Shown) async -> Bool {
        guard name.contains(".rule-"), let id = name.split(separator: ".").first.map(String.init),
            let answer = await desk.read("/api/v1/records/creditRecord/\(id)"),
            let form = OpenForm(answer, type: "creditRecord", id: id)
        else { return false }
        form.show(to: &shown)
        return true
    }

    private mutating func decide(
        _ conflict: JSON, _ name: String, _ path: String, _ token: String, _ context: Shown
    ) async {
        guard let type = conflict["type"]?.string, let kind = conflict["class"]?.string,
            let (attemptKind, choice) = choice(kind, conflict)
        else { return }
        let mark = desk.scene.ledger.nextMark()
        var attempt = Attempt(
            mark: mark, kind: attemptKind, node: desk.node.name, type: type,
            record: conflict["record"]?.string)
        attempt.conflict = name
        attempt.shown = context
        for side in conflict["sides"]?.array ?? [] {
            if let change = side["change"]?.string { attempt.shown.add(side: change) }
            attempt.shown.add(Groups.of(side["values"]?.object ?? [:], type: type))
            if let life = side["life"] { attempt.shown.add([Groups.life: life]) }
        }
        if let values = choice["values"]?.object { attempt.fields = values }
        if let life = choice["life"] { attempt.fields = [Groups.life: life] }
        let body = choice.merging(["reason": .string(Mark.text(mark))]) { $1 }
        let answer = await desk.write(
            attempt, "POST", path + "/decision", token: token, .object(body))
        if let answer, answer.status < 300 { desk.scene.tally.add("decided \(kind)") }
    }

    private mutating func choice(
        _ kind: String, _ conflict: JSON
    ) -> (Attempt.Kind, [String: JSON])? {
        let sides = (conflict["sides"]?.array ?? []).compactMap { $0["change"] }
        guard let side = dice.pick(sides) else { return nil }
        switch kind {
        case "duplicate": return (.merge, ["mergeInto": side])
        case "parallel-edit": return (.join, ["accept": true])
        case "broken-rule": return (.decision, ["values": ["severity": "GENERAL"]])
        default: break
        }
        if conflict["slot"]?.string == Groups.life {
            return (.decision, ["life": dice.pick([Groups.alive, Groups.withdrawn]) ?? .null])
        }
        let takesBase = conflict["base"] != nil && dice.chance(15)
        return (.decision, ["take": takesBase ? "base" : side])
    }
}
