import APIClient
import Foundation
import Rehearsal
import Records
import Synchronization
import Testing

/// A hub and some counties as processes, each county behind a link of its own.
final class Province: Sendable {
    let folder: String
    let hub: NodeProcess
    let hubKey: String
    let syncPort: Int
    private let members = Mutex<[Member]>([])
    /// What the logs of each node held when they were last looked at.
    let witnessed = Mutex<[String: [String: [LoggedChange]]]>([:])
    private let line: RequestLine?
    private let sites: [Role: Site]

    struct Member: Sendable {
        let node: NodeProcess
        let link: Link
    }

    /// Whose turn it is to suffer. The county is the first one.
    enum Role: String, CaseIterable, Sendable {
        case hub, county
    }

    /// Where a node runs, if not in the province's folder and the machine's network.
    struct Site: Sendable {
        var folder: String?
        var namespace: NetworkNamespace?
        var serveArguments: [String] = []
    }

    static let divisions = ["632521", "632522", "632523", "632524"]

    var counties: [NodeProcess] { members.withLock { $0.map(\.node) } }
    var links: [Link] { members.withLock { $0.map(\.link) } }
    var all: [NodeProcess] { [hub] + counties }

    private init(
        folder: String, hub: NodeProcess, hubKey: String, syncPort: Int, line: RequestLine?,
        sites: [Role: Site]
    ) {
        self.folder = folder
        self.hub = hub
        self.hubKey = hubKey
        self.syncPort = syncPort
        self.line = line
        self.sites = sites
    }

    func node(_ role: Role) -> NodeProcess { role == .hub ? hub : counties[0] }

    /// Sets up a province whose lines are down, and takes it down whatever happens in between.
    /// `line`: between all links and the hub.
    static func with(
        counties count: Int, programs: [Program] = [], sites: [Role: Site] = [:],
        through line: RequestLine? = nil, _ body: (Province) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/creditsync-e2e-\(UUID())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let site = sites[.hub] ?? Site()
        let path = site.folder ?? folder + "/hub"
        let made = try EndToEnd.program.run([
            "init", "--role", "hub", "--province", "630000", "--node", "630000-hub", "--data", path,
            "--json",
        ])
        // A port of its own, so that the counties find the hub again after a restart.
        let port = try await Port.free()
        let host = site.namespace?.address ?? "127.0.0.1"
        let hub = NodeProcess(
            name: "630000-hub", folder: path, program: EndToEnd.program,
            serveArguments: ["--listen", "127.0.0.1:0", "--sync-listen", "\(host):\(port)"]
                + site.serveArguments,
            namespace: site.namespace)
        line?.lead(toHubPort: port)
        let province = Province(
            folder: folder, hub: hub, hubKey: made["publicKey"]?.string ?? "", syncPort: port,
            line: line, sites: sites)
        do {
            try await hub.start()
            for index in 0..<count {
                let program = index < programs.count ? programs[index] : EndToEnd.program
                try await province.add(divisions[index], program: program)
            }
            try await together(province.counties) { try await $0.start() }
            try await body(province)
        } catch {
            await province.end(showsLogs: true)
            throw error
        }
        await province.end(showsLogs: false)
    }

    /// `isRegistered`: known at the hub.
    @discardableResult
    func add(
        _ division: String, program: Program = EndToEnd.program, isRegistered: Bool = true
    ) async throws -> Member {
        let link = try await Link.open(toHubPort: line?.port ?? syncPort)
        let name = "\(division)-01"
        let site = (counties.isEmpty ? sites[.county] : nil) ?? Site()
        let path = site.folder ?? folder + "/" + name
        // From a network of its own there is no way to the link: the wire there is the fault.
        let hubAddress =
            sites[.hub]?.namespace.map { "\($0.address):\(syncPort)" } ?? "127.0.0.1:\(link.port)"
        let made = try EndToEnd.program.run([
            "init", "--role", "county", "--county", division, "--node", name, "--data", path,
            "--hub", "http://\(hubAddress)", "--hub-node", "630000-hub", "--hub-key",
            hubKey, "--json",
        ])
        let node = NodeProcess(
            name: name, folder: path, program: program,
            serveArguments: ["--listen", "127.0.0.1:0"] + site.serveArguments,
            namespace: site.namespace)
        let member = Member(node: node, link: link)
        members.withLock { $0.append(member) }
        if isRegistered {
            try await hub.post(
                "/api/v1/records/node", as: "admin",
                [
                    "node": .string(name), "publicKey": made["publicKey"] ?? .null,
                    "scopes": ["province", .string("county/\(division)")], "title": "县",
                ])
        }
        return member
    }

    private func end(showsLogs: Bool) async {
        for node in all {
            try? await node.kill()
            let log = node.log
            if showsLogs, !log.isEmpty { print("--- \(node.name)\n\(log)") }
        }
        for link in links { try? await link.close() }
    }

    // MARK: The lines

    func up() { for link in links { link.up() } }
    func down() { for link in links { link.down() } }

    /// Asks for an exchange now, so that no test waits for a backoff.
    func sync(_ node: NodeProcess) async throws {
        try await until(seconds: 30, "\(node.name) is synced") {
            let report = try await node.post("/api/v1/sync", as: "admin", [:])
            return report["ok"]?.bool == true && report["pendingUpload"]?.integer == 0 ? true : nil
        }
    }

    /// Twice: what one county uploads last, the others fetch in the second round.
    func settle() async throws {
        for _ in 0..<2 { try await together(counties) { try await self.sync($0) } }
    }

    // MARK: What must hold at the end

    /// Same changes and same state on every node that shares a scope, nothing lost, every proof
    /// sound, every upload receipted.
    func expectConverged(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var expected: [String: JSON] = [:]
        for node in all {
            for scope in try await node.get("/api/v1/state").json["scopes"]?.array ?? [] {
                let name = scope["scope"]?.string ?? ""
                #expect(
                    expected[name] ?? scope == scope, "\(node.name) differs in \(name)",
                    sourceLocation: sourceLocation)
                expected[name] = expected[name] ?? scope
            }
            let found = try await node.ask("POST", "/api/v1/verification", as: "audit", [:]).json
            #expect(
                found["sound"]?.bool == true, "\(node.name): \(found)",
                sourceLocation: sourceLocation)
        }
        for node in counties {
            for change in await node.accepted {
                let answer = try await hub.ask("GET", "/api/v1/changes/\(change)")
                #expect(
                    answer.status == 200, "\(node.name) saved \(change), the hub lacks it",
                    sourceLocation: sourceLocation)
            }
            for log in try await node.logs() where log.name.hasPrefix(node.name) {
                #expect(
                    log.receipted == log.changes, "\(log.name) is not receipted in full",
                    sourceLocation: sourceLocation)
            }
            let status = try await node.status()
            #expect(status["refusals"]?.integer == 0, sourceLocation: sourceLocation)
            #expect(status["waiting"]?.integer == 0, sourceLocation: sourceLocation)
            #expect(status["forkedLogs"]?.array == [], sourceLocation: sourceLocation)
        }
    }
}

extension NodeProcess {
    struct LogStatus {
        let name: String
        let changes: Int64
        let receipted: Int64
    }

    func status() async throws -> JSON { try await get("/api/v1/status").json }

    func logs() async throws -> [LogStatus] {
        (try await get("/api/v1/logs").json["logs"]?.array ?? []).map {
            LogStatus(
                name: $0["log"]?.string ?? "", changes: $0["changes"]?.integer ?? 0,
                receipted: $0["receiptedThrough"]?.integer ?? 0)
        }
    }

    /// How many changes of another node are stored here.
    func changes(of node: NodeProcess) async throws -> Int {
        try await logs().filter { $0.name.hasPrefix(node.name) }
            .reduce(0) { $0 + Int($1.changes) }
    }

    func pendingUpload() async throws -> Int64 {
        try await status()["pendingUpload"]?.integer ?? -1
    }

    /// For a sync that is meant to fail, or whose process dies meanwhile.
    func tryToSync() async { _ = try? await ask("POST", "/api/v1/sync", as: "a", [:]) }

    func holds(_ change: String) async throws -> Bool {
        try await ask("GET", "/api/v1/changes/\(change)").status == 200
    }

    func openConflicts() async throws -> [JSON] {
        try await get("/api/v1/conflicts").json["conflicts"]?.array ?? []
    }

    // MARK: Writing

    func addSupplier(_ index: Int, as user: String = "jb01") async throws -> String {
        let made = try await post("/api/v1/records/supplier", as: user, Forms.supplier(index))
        return try #require(made["id"]?.string)
    }

    func addLogs(_ count: Int) async throws {
        for index in 0..<count {
            try await post("/api/v1/records/serviceLog", as: "jb01", Forms.log(index))
        }
    }

    func phone(of supplier: String) async throws -> String? {
        try await get("/api/v1/records/supplier/\(supplier)").json["values"]?["contactPhone"]?
            .string
    }

    func setPhone(of supplier: String, _ phone: String, as user: String) async throws {
        try await edit(
            "/api/v1/records/supplier/\(supplier)", as: user, reason: "电话核实",
            ["contactPhone": .string(phone)])
    }
}

/// Bodies of invented records.
enum Forms {
    static func supplier(_ index: Int) -> JSON {
        [
            "uscc": .string(FictionalSupplier.code(index: index).code),
            "name": .string(FictionalSupplier.name(index: index)), "orgForm": "ENTERPRISE",
            "regStatus": "ACTIVE", "contactPhone": "0974-850000",
        ]
    }

    static func log(_ index: Int) -> JSON {
        [
            "kind": "REPAIR", "occurredAt": .integer(1_790_000_000_000 + Int64(index) * 60_000),
            "site": .string("机关办公区\(index % 5 + 1)号楼"), "result": .string("第\(index)次处理（虚构）"),
            // Does not compress, so that an upload is long enough to be cut where a test wants.
            "checkpoint": .string(UUID().uuidString),
        ]
    }
}

extension NodeProcess {
    func apiPort() -> Int? { api.flatMap { URL(string: $0.address)?.port } }
}
