import Foundation
import Records

/// Founds a province on this machine: a hub that runs, and counties that it knows, each behind a
/// line of its own. The cast knows of each before it runs.
public struct ProvinceFounder: Sendable {
    public let hub: NodeProcess
    private let province: String
    private let folder: String
    private let program: Program
    private let cast: Cast
    private let hubKey: String
    private let hubPort: Int

    static let admin = "admin"

    /// `syncPort`: 0 lets the system choose, for a hub that is never started again.
    public init(
        province: String, in folder: String, program: Program, cast: Cast, syncPort: Int = 0
    ) async throws {
        let name = "\(province)-hub"
        let made = try program.run([
            "init", "--role", "hub", "--province", province, "--node", name, "--data",
            folder + "/" + name, "--json",
        ])
        hub = NodeProcess(
            name: name, office: Divisions.name(of: province) ?? "", folder: folder + "/" + name,
            program: program,
            serveArguments: ["--listen", "127.0.0.1:0", "--sync-listen", "127.0.0.1:\(syncPort)"])
        await cast.add(hub)
        try await hub.start()
        self.province = province
        self.folder = folder
        self.program = program
        self.cast = cast
        hubKey = made["publicKey"]?.string ?? ""
        hubPort = await hub.syncAddress.flatMap { URL(string: $0)?.port } ?? 0
    }

    /// A county's node that was not started yet, and its line, which is down.
    public func addCounty(
        _ name: String, code: String, office: String
    ) async throws -> (node: NodeProcess, link: Link) {
        let link = try await Link.open(toHubPort: hubPort)
        await cast.add(link)
        let path = folder + "/" + name
        let made = try program.run([
            "init", "--role", "county", "--county", code, "--node", name, "--data", path, "--hub",
            "http://127.0.0.1:\(link.port)", "--hub-node", hub.name, "--hub-key", hubKey, "--json",
        ])
        try await hub.post(
            "/api/v1/records/node", as: Self.admin,
            [
                "node": .string(name), "publicKey": made["publicKey"] ?? .null,
                "scopes": ["province", .string("county/\(code)")],
                "title": .string(Divisions.fullName(of: code) ?? office),
            ])
        let node = NodeProcess(
            name: name, office: office, folder: path, program: program,
            serveArguments: ["--listen", "127.0.0.1:0"])
        await cast.add(node)
        return (node, link)
    }
}
