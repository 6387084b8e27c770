import Foundation
import Records
import Rehearsal
import Store
import SyncCore

/// Where nodes are measured: folders that are made once and copied for each run, and real
/// processes on them.
final class Stand {
    let folder: String
    let options: Options
    /// Where counties look for their hub: at a line that counts its bytes and is up only when
    /// something is measured.
    private let linePort: Int
    private let program = Program.beside
    private let hub: Identity
    private var running: [NodeProcess] = []
    private var lines: [Link] = []
    private var copies = 0

    init(_ options: Options) async throws {
        self.options = options
        folder =
            FileManager.default.temporaryDirectory.path
            + "/creditsync-bench-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        linePort = try await Port.lasting()
        let key = NodeKey()
        guard let name = NodeID("630000-hub") else { throw NodeProcess.Broken(description: "name") }
        hub = Identity(
            node: name, role: .hub, division: "630000", incarnation: 1, key: key, hub: name,
            hubKey: key.publicKey, hubAddress: nil)
    }

    // MARK: Folders

    /// An empty hub that knows these counties.
    func makeHub(of counties: [Identity], _ name: String) throws -> String {
        let path = folder + "/" + name
        let store = try make(hub, at: path)
        for county in counties { _ = try store.append(registration(of: county)) }
        try store.close()
        return path
    }

    /// A county's node with what `fill` puts into it.
    func makeCounty(
        _ identity: Identity, _ name: String, fill: (Store) throws -> Void = { _ in }
    ) throws -> String {
        let path = folder + "/" + name
        let store = try make(identity, at: path)
        try fill(store)
        try store.close()
        return path
    }

    /// A county that wrote as many records as were asked for, and its hub, which has none yet.
    /// `fill`: writes more.
    func makePair(
        fill: (Store) throws -> Void = { _ in }
    ) throws -> (county: String, hub: String) {
        let identity = try county(0)
        let county = try makeCounty(identity, "county") { store in
            try store.create(0..<options.size)
            try fill(store)
        }
        return (county, try makeHub(of: [identity], "hub"))
    }

    private func make(_ identity: Identity, at path: String) throws -> Store {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let data = try DataFolder(path: path)
        try Store.create(identity, in: data)
        return try Store(folder: data)
    }

    /// Does something to a node that is not running.
    func open<T>(_ path: String, _ work: (Store) throws -> T) throws -> T {
        let store = try Store(folder: DataFolder(path: path))
        defer { try? store.close() }
        return try work(store)
    }

    func copy(_ path: String) throws -> String {
        copies += 1
        let copy = "\(path)-\(copies)"
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        return copy
    }

    func remove(_ paths: [String]) {
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
    }

    // MARK: Names

    func county(_ number: Int) throws -> Identity {
        // A county of its own for each: two nodes of one would fetch from each other.
        let division = "\(631_001 + number)"
        guard let name = NodeID("\(division)-01") else {
            throw NodeProcess.Broken(description: "no name for county \(number)")
        }
        return Identity(
            node: name, role: .county, division: division, incarnation: UInt64(number + 2),
            key: NodeKey(), hub: hub.node, hubKey: hub.hubKey,
            hubAddress: "http://127.0.0.1:\(linePort)")
    }

    private func registration(of county: Identity) -> Edit {
        Edit(
            target: .new(type: RegisteredNode.type.name, scope: .province, lane: .control),
            basis: .nothing,
            writes: [
                RegisteredNode.Group.identity: .fields([
                    RegisteredNode.node: .text(county.node.name),
                    RegisteredNode.publicKey: .text(
                        Data(county.key.publicKey.bytes).base64EncodedString()),
                ]),
                RegisteredNode.Group.grant: .fields([
                    RegisteredNode.scopes: .list(
                        county.ownScopes.map { Value.text($0.description) })
                ]),
            ],
            author: "bench", schemaVersion: 1)
    }

    // MARK: Processes

    /// The hub, and the line to it, which is down.
    func start(hub path: String) async throws -> (hub: NodeProcess, line: Link) {
        // Ten million changes are 400 exchanges of one node in 20 s.
        let hub = try await start(
            "hub", path, ["--sync-listen", "127.0.0.1:0", "--requests-per-minute", "1800"])
        let address = await hub.syncAddress.flatMap { URL(string: $0)?.port } ?? 0
        let line = try await Link.open(toHubPort: address, at: linePort)
        lines.append(line)
        return (hub, line)
    }

    func start(county path: String, _ name: String = "county") async throws -> NodeProcess {
        try await start(name, path, [])
    }

    private func start(
        _ name: String, _ path: String, _ arguments: [String]
    ) async throws -> NodeProcess {
        let node = NodeProcess(
            name: name, folder: path, program: program,
            serveArguments: ["--listen", "127.0.0.1:0", "--disk-floor-mib", "0"] + arguments)
        running.append(node)
        try await node.start()
        return node
    }

    func exchange(county: String, hub: String) async throws -> Exchange {
        try await exchange(counties: [county], hub: hub)
    }

    /// Starts all, lets the counties sync once, at once, and stops them.
    func exchange(counties folders: [String], hub: String) async throws -> Exchange {
        var counties: [NodeProcess] = []
        for (number, folder) in folders.enumerated() {
            counties.append(try await start(county: folder, "county-\(number)"))
        }
        let (hub, line) = try await start(hub: hub)
        let exchange = try await Exchange.measure(counties, hub, over: line)
        try await stopAll()
        return exchange
    }

    /// As many runs as were asked for.
    func repeated<T>(_ run: () async throws -> T) async throws -> [T] {
        var results: [T] = []
        for _ in 0..<options.runs { results.append(try await run()) }
        return results
    }

    /// Ends every process of a run.
    func stopAll() async throws {
        for line in lines { try await line.close() }
        for node in running { try await node.stop() }
        (running, lines) = ([], [])
    }

    /// Leaves nothing behind, whatever happened.
    func end() async {
        for node in running { try? await node.kill() }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
