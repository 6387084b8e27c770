import APIClient
import Foundation
import Rehearsal
import Records

/// A province in small: real processes on loopback, offline work, a cut line, a killed process,
/// disagreements, decisions, and everything even at the end.
struct Demo {
    let countyCount: Int
    let folder: String
    let program: Program
    let story: Story

    static let province = "630000"
    /// Bytes that the cut county gets through before its line breaks in the middle of its upload.
    static let cutAfterBytes = 4096
    static let logsPerCounty = 20
    /// The cut county writes more, so that its upload is longer than the cut.
    static let logsOfCutCounty = 120

    struct Outcome {
        var changes = 0
        var segments = 0
        var conflictsFound = 0
        var conflictsResolved = 0
        var hasConverged = false
        var lostChanges = 0
        var problems: [String] = []

        var isGood: Bool { hasConverged && lostChanges == 0 && problems.isEmpty }
    }

    /// The nodes once they all run.
    struct Stage: Sendable {
        let hub: NodeProcess
        let counties: [NodeProcess]
        let links: [Link]

        var all: [NodeProcess] { [hub] + counties }
    }

    func run(with cast: Cast) async throws -> Outcome {
        let stage = try await setUp(cast)
        let shared = try await firstSync(stage)
        try await workOffline(stage, shared)
        try await comeOnline(stage)
        var outcome = Outcome()
        try await DemoDecisions(story: story, hub: stage.hub).decide(&outcome)
        try await settle(stage)
        try await DemoCheck(story: story, stage: stage).check(&outcome)
        return outcome
    }

    // MARK: 1. Set-up

    private func setUp(_ cast: Cast) async throws -> Stage {
        let counties = Divisions.counties(ofProvince: Self.province).prefix(countyCount)
        story.chapter(
            1, "省级节点与 \(counties.count) 个县",
            "a hub for \(Self.province) and \(counties.count) counties")
        let founder = try await ProvinceFounder(
            province: Self.province, in: folder, program: program, cast: cast)
        // The first county has two nodes: a desk machine and a laptop.
        var places = counties.map { (name: "\($0.code)-01", code: $0.code, office: $0.name) }
        if let first = counties.first {
            places.insert((name: "\(first.code)-02", code: first.code, office: first.name), at: 1)
        }
        var nodes: [NodeProcess] = []
        var links: [Link] = []
        var table = Table(["节点", "单位", "本地页面与 API", "同步经由"])
        for place in places {
            let (node, link) = try await founder.addCounty(
                place.name, code: place.code, office: place.office)
            nodes.append(node)
            links.append(link)
        }
        try await together(nodes) { try await $0.start() }
        for (node, link) in zip(nodes, links) {
            table.add([
                node.name, node.office, await node.api?.address ?? "", "127.0.0.1:\(link.port)",
            ])
        }
        story.table(table)
        return Stage(hub: founder.hub, counties: nodes, links: links)
    }

    // MARK: 2. A common start

    struct Shared: Sendable {
        let supplier: String
        let withdrawn: String
        let credit: String
    }

    private func firstSync(_ stage: Stage) async throws -> Shared {
        story.chapter(2, "首次同步：共同的起点", "first sync: a common start")
        for link in stage.links { link.up() }
        let desk = stage.counties[0]
        func made(_ type: String, _ body: JSON) async throws -> String {
            try await desk.post("/api/v1/records/\(type)", as: "jb01", body)["id"]?.string ?? ""
        }
        let supplier = try await made("supplier", DemoRecords.supplier(0, county: "630000"))
        let withdrawn = try await made("supplier", DemoRecords.supplier(1, county: "630000"))
        let credit = try await made("creditRecord", DemoRecords.credit(supplier: supplier))
        try await settle(stage)
        story.say("  供应商 \(supplier)、\(withdrawn) 与信用记录 \(credit) 已到达全部节点 / on every node")
        return Shared(supplier: supplier, withdrawn: withdrawn, credit: credit)
    }

    // MARK: 3. Offline

    private func workOffline(_ stage: Stage, _ shared: Shared) async throws {
        story.chapter(3, "断网，各自工作", "the lines go down, everybody works on")
        for link in stage.links { link.down() }
        let start = Int64(Date().timeIntervalSince1970 * 1000)
        let cut = cutIndex(stage)
        try await together(Array(stage.counties.enumerated())) { index, node in
            let user = "jb\(index + 1)"
            let county = String(node.name.prefix(6))
            // Counties 2 and 3 each register the same firm, not knowing of the other.
            let serial = index == 3 ? 102 : 100 + index
            try await node.post(
                "/api/v1/records/supplier", as: user, DemoRecords.supplier(serial, county: county))
            let logs = index == cut ? Self.logsOfCutCounty : Self.logsPerCounty
            for log in 0..<logs {
                try await node.post(
                    "/api/v1/records/serviceLog", as: user,
                    DemoRecords.log(index + log, supplier: shared.supplier, start: start))
            }
        }
        try await disagree(stage, shared)
        var table = Table(["节点", "单位", "新变更", "待上报"])
        for node in stage.counties {
            let status = try await node.get("/api/v1/status").json
            table.add([
                node.name, node.office, String(await node.accepted.count),
                Printing.text(status["pendingUpload"]),
            ])
        }
        story.table(table)
    }

    /// Three counties edit one supplier; two nodes of one county and the hub edit one credit
    /// record; one county withdraws what another still edits.
    private func disagree(_ stage: Stage, _ shared: Shared) async throws {
        let counties = stage.counties
        let supplier = "/api/v1/records/supplier/\(shared.supplier)"
        for (index, node) in [counties[0], counties[2], counties[3]].enumerated() {
            try await node.edit(
                supplier, as: "jb\(index + 1)", reason: "电话核实",
                ["contactPhone": .string("0974-86000\(index)")])
        }
        let credit = "/api/v1/records/creditRecord/\(shared.credit)"
        try await counties[0].edit(
            credit, as: "jb1", reason: "再次迟到", ["severity": "GENERAL", "expiry": "2028-06-30"])
        try await counties[1].edit(
            credit, as: "jb2", reason: "已整改，有效期缩短", ["expiry": "2026-12-31"])
        try await stage.hub.edit(
            credit, as: "sheng1", reason: "补充事实",
            ["facts": "电梯急修三次超过三十分钟到场（虚构示例）", "severity": "SLIGHT", "expiry": "2027-12-31"])
        let other = "/api/v1/records/supplier/\(shared.withdrawn)"
        let token = try await counties[2].get(other).token
        try await counties[2].post(
            other + "/withdrawal", as: "jb3", token: token, ["reason": "登记有误"])
        try await counties[0].edit(other, as: "jb1", reason: "补录", ["contactPerson": "经办示例"])
        story.say(
            "  三个县改了同一供应商的电话；同一县的两台机器与省级改了同一信用记录；"
                + "一县撤销了另一县仍在修改的供应商；两县各自登记了同一家企业")
    }

    // MARK: 4. Online

    private func cutIndex(_ stage: Stage) -> Int { stage.counties.count - 1 }

    private func comeOnline(_ stage: Stage) async throws {
        story.chapter(4, "恢复联网：一条线路中断，一个进程被杀", "online again: one line is cut, one process killed")
        let index = cutIndex(stage)
        let victim = stage.counties[index]
        let link = stage.links[index]
        let (cuts, cut) = AsyncStream<Void>.makeStream()
        link.up(cutAfterBytes: Self.cutAfterBytes) { cut.finish() }
        async let synced: Void = { _ = try? await victim.post("/api/v1/sync", as: "admin", [:]) }()
        try await within(seconds: 30, "the line of \(victim.name) was cut") {
            for await _ in cuts {}
        }
        let process = await victim.processID ?? 0
        try await victim.kill()
        await synced
        let held = try await stage.hub.get("/api/v1/logs").json["logs"]?.array ?? []
        let there = held.filter { $0["log"]?.string?.hasPrefix(victim.name) ?? false }
            .reduce(0) { $0 + ($1["changes"]?.integer ?? 0) }
        story.say(
            "  \(victim.name)：上传到第 \(Self.cutAfterBytes) 字节时线路中断，进程 \(process) 被 SIGKILL；"
                + "它已保存 \(await victim.accepted.count) 条，省级此时收到 \(there) 条")
        story.say(
            "  \(victim.name): cut at byte \(Self.cutAfterBytes) of its upload, process \(process) "
                + "killed; \(await victim.accepted.count) changes saved there, \(there) at the hub")
        try await victim.start()
        story.say("  重新启动为进程 \(await victim.processID ?? 0) / restarted")
        for link in stage.links { link.up() }
        try await settle(stage)
        var table = Table(["节点", "单位", "变更", "日志段", "待上报", "未决冲突"])
        for node in stage.all {
            let status = try await node.get("/api/v1/status").json
            table.add(
                [node.name, node.office]
                    + ["changes", "segments", "pendingUpload", "openConflicts"].map {
                        Printing.text(status[$0])
                    })
        }
        story.table(table)
    }

    // MARK: Syncing

    private func syncAll(_ stage: Stage) async throws {
        try await together(stage.counties) { node in
            _ = try await until(seconds: 30, "\(node.name) is synced") {
                try await node.post("/api/v1/sync", as: "admin", [:])["ok"]?.bool == true
                    ? true : nil
            }
        }
    }

    /// Twice: what one county uploads last, the others fetch in the second round.
    private func settle(_ stage: Stage) async throws {
        try await syncAll(stage)
        try await syncAll(stage)
    }
}
