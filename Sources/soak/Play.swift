import Foundation
import Records
import Rehearsal

/// The soak from its founding to its audit.
struct Play {
    let options: Options
    let folder: String
    let cast: Cast

    static let province = "630000"
    /// The hub is left alone after this part of the run, so that its memory can be watched.
    static let partWithHubKills = 0.35
    /// So many counties are struck at once, and so many lines are bad.
    static let shares = 4

    func run() async throws -> Outcome {
        let scene = try await found()
        let watch = Watch(scene)
        let rest = Rest(scene: scene)
        _ = try await rest.becomeEven()
        say("\(scene.counties.count) counties and a hub are up; \(options.minutes) minutes of work")
        await watch.look()
        try await work(scene, watch)
        let workEnded = await watch.seconds
        say("the faults are over")
        var evenSeconds: Double?
        do {
            evenSeconds = try await rest.becomeEven()
            try await rest.stayStill()
        } catch { scene.ledger.violation("\(error)") }
        await watch.look()
        let upkeep = Upkeep(
            await watch.lives, workEnded: workEnded, warmUpSeconds: min(60, options.minutes * 15),
            atLeastSeconds: min(60, options.minutes * 20))
        for violation in upkeep.violations(
            hub: scene.hub.name, counties: scene.counties.count)
        {
            scene.ledger.violation(violation)
        }
        do { try await check(scene, rest) } catch { scene.ledger.violation("\(error)") }
        return Outcome(
            scene: scene, upkeep: upkeep, exchanges: await watch.exchanges,
            evenSeconds: evenSeconds)
    }

    private func check(_ scene: Scene, _ rest: Rest) async throws {
        say("checking what is stored against the ledger")
        try await Audit(scene: scene).run()
        say("rebuilding and verifying")
        try await rest.rebuild()
        try await rest.verify(.beside)
    }

    private func found() async throws -> Scene {
        let founder = try await ProvinceFounder(
            province: Self.province, in: folder, program: .beside, cast: cast,
            syncPort: try await Port.lasting())
        var counties: [NodeProcess] = []
        var links: [Link] = []
        for county in Divisions.counties(ofProvince: Self.province).prefix(options.counties) {
            let (node, link) = try await founder.addCounty(
                "\(county.code)-01", code: county.code, office: county.name)
            counties.append(node)
            links.append(link)
            link.up()
        }
        try await together(counties) { try await $0.start() }
        return Scene(hub: founder.hub, counties: counties, links: links, options: options)
    }

    private func work(_ scene: Scene, _ watch: Watch) async throws {
        let begun = ContinuousClock.now
        let end = begun + .seconds(options.minutes * 60)
        let endOfHubKills = begun + .seconds(options.minutes * 60 * Self.partWithHubKills)
        let watching = Task { await watch.run() }
        defer { watching.cancel() }
        try await withThrowingTaskGroup { group in
            for (number, node) in scene.all.enumerated() {
                group.addTask {
                    var clerk = Clerk(at: node, number: number, scene)
                    await clerk.work(until: end)
                }
            }
            for var mischief in mischiefs(scene) {
                let isHubs = mischief.victims.contains { $0.name == scene.hub.name }
                let last = isHubs && mischief.mayEnd ? endOfHubKills : end
                group.addTask { try await mischief.run(until: last) }
            }
            for part in 0..<Self.shares {
                let links = stride(from: part, to: scene.links.count, by: Self.shares).map {
                    scene.links[$0]
                }
                group.addTask {
                    var lines = BadLines(
                        scene: scene, links: links,
                        dice: Dice(seed: options.seed, actor: 200 + part))
                    await lines.run(until: end)
                }
            }
            try await group.waitForAll()
        }
        try Task.checkCancellation()
    }

    /// Each with nodes of its own, so that nobody is struck twice at once.
    private func mischiefs(_ scene: Scene) -> [Mischief] {
        func mischief(
            _ number: Int, _ victims: [NodeProcess], mayEnd: Bool, _ between: ClosedRange<Int>
        ) -> Mischief {
            Mischief(
                scene: scene, victims: victims, mayEnd: mayEnd, betweenMilliseconds: between,
                dice: Dice(seed: options.seed, actor: 100 + number))
        }
        let steady = Array(scene.counties.prefix(scene.steadyCounties))
        let mortal = Array(scene.counties.dropFirst(scene.steadyCounties))
        let shares = (0..<Self.shares).map { share in
            stride(from: share, to: mortal.count, by: Self.shares).map { mortal[$0] }
        }
        return [
            mischief(0, [scene.hub], mayEnd: true, 3000...10_000),
            mischief(1, steady, mayEnd: false, 2000...8000),
        ]
            + shares.enumerated().map { share, victims in
                mischief(2 + share, victims, mayEnd: true, 500...5000)
            }
    }

    private func say(_ text: String) {
        print(text)
        fflush(nil)
    }
}
