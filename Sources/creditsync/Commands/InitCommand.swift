import APIClient
import ArgumentParser
import Foundation
import Records
import Service
import Store
import SyncCore

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "新建节点 / create a node in a folder",
        discussion: """
            A hub:     creditsync init --role hub --province 630000 --node 630000-hub
            A county:  creditsync init --role county --county 632521 --node 632521-01 \
            --hub http://hub:8631 --hub-node 630000-hub --hub-key KEY
            Then register the county at the hub with the public key that is printed.
            """)

    enum Role: String, ExpressibleByArgument, CaseIterable { case hub, county }

    @OptionGroup var options: NodeOptions

    @Option(help: "hub 或 county")
    var role: Role

    @Option(help: "节点编号 / readable id: lower-case letters, digits, hyphens, at most 15")
    var node: String

    @Option(help: "省级区划代码 / the hub's province, six digits")
    var province: String?

    @Option(help: "县级区划代码 / the node's county, six digits")
    var county: String?

    @Option(help: "省级节点同步地址 / the hub's sync address, such as http://10.0.0.1:8631")
    var hub: String?

    @Option(help: "省级节点编号 / the hub's id")
    var hubNode: String?

    @Option(help: "省级节点公钥 / the hub's public key, pinned for good (base64, from its init)")
    var hubKey: String?

    func run() async throws {
        try await reporting {
            let identity = try identity()
            do {
                try FileManager.default.createDirectory(
                    atPath: options.folder, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            } catch {
                throw CommandFailure(
                    .failed, "无法建立目录 \(options.folder)，请检查路径和权限",
                    "the folder \(options.folder) cannot be made: check the path and its permissions"
                )
            }
            try Store.create(identity, in: DataFolder(path: options.folder))
            let key = Data(identity.key.publicKey.bytes).base64EncodedString()
            if options.json {
                Printing.json(["node": .string(identity.node.name), "publicKey": .string(key)])
            } else {
                Printing.note(
                    "已建立节点 \(identity.node)，公钥：\(key)",
                    "created node \(identity.node), public key: \(key)")
            }
        }
    }

    private func identity() throws -> Identity {
        guard let name = NodeID(node) else {
            throw ValidationError("节点编号无效 / --node: 1 to 15 of a-z, 0-9 and -")
        }
        let key = NodeKey()
        let incarnation = Store.systemRandom(8).reduce(0) { $0 << 8 | UInt64($1) }
        switch role {
        case .hub:
            let division = try division(province, "--province")
            guard division.hasSuffix("0000"), county == nil else {
                throw ValidationError("省级节点用 --province 省级代码 / a hub takes --province XX0000 only")
            }
            return Identity(
                node: name, role: .hub, division: division, incarnation: incarnation, key: key,
                hub: name, hubKey: key.publicKey, hubAddress: nil)
        case .county:
            let division = try division(county, "--county")
            guard !division.hasSuffix("00"), province == nil else {
                throw ValidationError("县级节点用 --county 县级代码 / a county takes a county's code only")
            }
            guard let hubName = hubNode.flatMap(NodeID.init) else {
                throw ValidationError("请注明省级节点编号 / --hub-node is needed")
            }
            guard let data = hubKey.flatMap({ Data(base64Encoded: $0) }),
                let pinned = PublicKey(Array(data))
            else { throw ValidationError("省级节点公钥无效 / --hub-key: base64 of 32 bytes") }
            return Identity(
                node: name, role: .county, division: division, incarnation: incarnation, key: key,
                hub: hubName, hubKey: pinned, hubAddress: try address())
        }
    }

    private func division(_ code: String?, _ option: String) throws -> String {
        guard let code, code.utf8.count == 6, UInt32(code) != nil else {
            throw ValidationError("请用 \(option) 注明六位区划代码 / \(option) takes six digits")
        }
        guard Divisions.isKnown(code) else {
            throw ValidationError("\(code) 不是已知的区划代码 / \(code) is no known division code")
        }
        return code
    }

    private func address() throws -> String {
        guard let hub else {
            throw ValidationError("请用 --hub 注明省级节点地址 / --hub is needed: http://HOST:PORT")
        }
        guard let url = URL(string: hub), url.scheme == "http" || url.scheme == "https",
            url.host != nil
        else { throw ValidationError("省级节点地址无效 / --hub: http://HOST:PORT") }
        return hub.hasSuffix("/") ? String(hub.dropLast()) : hub
    }
}
