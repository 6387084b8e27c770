import APIClient
import Foundation
import Records
import Rehearsal

/// Somebody at a node who registers, edits what lies open for a while, and now and then decides.
struct Clerk {
    private let desk: Desk
    private let county: String
    private let isAtHub: Bool
    private var dice: Dice
    private var drawer: [OpenForm] = []

    static let openForms = 4
    static let pauseMilliseconds = 10...250

    init(at node: NodeProcess, number: Int, _ scene: Scene) {
        isAtHub = node.name == scene.hub.name
        desk = Desk(node: node, user: "jb\(number)", scene: scene)
        county = String(node.name.prefix(6))
        dice = Dice(seed: scene.options.seed, actor: 1000 + number)
    }

    private var ledger: Ledger { desk.scene.ledger }

    mutating func work(until deadline: ContinuousClock.Instant) async {
        while ContinuousClock.now < deadline, !Task.isCancelled {
            switch dice.roll(1...100) {
            case 1...8: await addSupplier()
            case 9...16: await addCredit()
            case 17...28: isAtHub ? await review() : await addLog()
            case 29...31: await endOrRestoreLife()
            case 32...38: await review()
            default: await useForms()
            }
            await dice.rest(Self.pauseMilliseconds)
        }
    }

    // MARK: New records

    private mutating func addSupplier() async {
        // Now and then a firm that another office has just registered, too.
        let known = dice.chance(25) ? dice.pick(ledger.freshCodes) : nil
        let code = known ?? dice.roll(1...800_000_000)
        if known == nil { ledger.note(code: code) }
        let mark = ledger.nextMark()
        let fields = Forms.supplier(
            code, county: isAtHub ? "630000" : county, Mark.text(mark))
        let answer = await create("supplier", fields, mark: mark)
        if answer?.status == 409, dice.chance(40) {
            await create("supplier", fields, mark: mark, query: "?duplicate=allow")
        }
    }

    private mutating func addCredit() async {
        guard let supplier = dice.pick(ledger.freshRecords(ofType: "supplier")) else { return }
        let mark = ledger.nextMark()
        let fields = Forms.credit(supplier: supplier, Mark.text(mark))
        await create("creditRecord", fields, mark: mark)
    }

    private mutating func addLog() async {
        let mark = ledger.nextMark()
        let supplier = dice.pick(ledger.freshRecords(ofType: "supplier"))
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let fields = Forms.log(supplier: supplier, at: now, Mark.text(mark))
        await create("serviceLog", fields, mark: mark)
    }

    @discardableResult
    private func create(
        _ type: String, _ fields: [String: JSON], mark: Int, query: String = ""
    ) async -> APIAnswer? {
        var attempt = Attempt(mark: mark, kind: .create, node: desk.node.name, type: type)
        attempt.fields = fields
        return await desk.write(
            attempt, "POST", "/api/v1/records/\(type)\(query)", .object(fields))
    }

    // MARK: Forms

    private mutating func useForms() async {
        let isFull = drawer.count >= Self.openForms
        if drawer.isEmpty || (!isFull && dice.chance(50)) {
            if let form = await open() { drawer.append(form) }
        } else {
            await submit(drawer.remove(at: dice.roll(0...(drawer.count - 1))))
        }
    }

    private mutating func open() async -> OpenForm? {
        let type = dice.chance(50) ? "supplier" : "creditRecord"
        guard let id = dice.pick(ledger.freshRecords(ofType: type)) else { return nil }
        return await open(type, id)
    }

    private func open(_ type: String, _ id: String) async -> OpenForm? {
        await desk.read("/api/v1/records/\(type)/\(id)").flatMap {
            OpenForm($0, type: type, id: id)
        }
    }

    private mutating func submit(_ form: OpenForm) async {
        let answer = await submit(form, keepBoth: false)
        guard answer?.status == 412 else { return }
        if dice.chance(50) {
            await submit(form, keepBoth: true)
        } else if let form = await open(form.type, form.id) {
            await submit(form, keepBoth: false)
        }
    }

    @discardableResult
    private mutating func submit(_ form: OpenForm, keepBoth: Bool) async -> APIAnswer? {
        let mark = ledger.nextMark()
        let fields = Forms.edit(type: form.type, Mark.text(mark), &dice)
        let attempt = attempt(.edit, mark, form, fields)
        let answer = await desk.write(
            attempt, "PATCH",
            form.path + "?reason=\(Mark.text(mark).queryEscaped)"
                + (keepBoth ? "&keepBoth=true" : ""),
            token: form.token, .object(fields))
        if keepBoth, let answer, answer.status < 300 { desk.scene.tally.add("kept both") }
        return answer
    }

    private mutating func endOrRestoreLife() async {
        guard let form = await open() else { return }
        // It may be stale by then.
        await dice.rest(Self.pauseMilliseconds)
        let mark = ledger.nextMark()
        let fields = [Groups.life: form.isWithdrawn ? Groups.alive : Groups.withdrawn]
        await desk.write(
            attempt(.life, mark, form, fields), "POST",
            form.path + (form.isWithdrawn ? "/restoration" : "/withdrawal"), token: form.token,
            ["reason": .string(Mark.text(mark))])
    }

    private func attempt(
        _ kind: Attempt.Kind, _ mark: Int, _ form: OpenForm, _ fields: [String: JSON]
    ) -> Attempt {
        Attempt(
            mark: mark, kind: kind, node: desk.node.name, type: form.type, record: form.id,
            fields: fields, shown: form.shown)
    }

    private mutating func review() async {
        var reviewer = Reviewer(desk: desk, dice: dice)
        await reviewer.decideOne()
        dice = reviewer.dice
    }
}
