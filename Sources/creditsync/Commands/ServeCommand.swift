import APIClient
import ArgumentParser
import BoundedHTTP
import CMalloc
import Foundation
import Logging
import ReviewSite
import Service
import Store

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "运行节点服务 / run the node: API and pages here, the sync routes of a hub")

    @OptionGroup var options: NodeOptions

    @Option(help: "API 与页面地址，仅限本机 / API and pages, loopback only, as HOST:PORT")
    var listen = "127.0.0.1:8630"

    @Option(help: "同步地址（省级节点）/ sync routes of a hub, as HOST:PORT")
    var syncListen = "127.0.0.1:8631"

    @Option(help: "日志级别 / trace, debug, info, notice, warning, error")
    var logLevel = "notice"

    @Option(
        help: ArgumentHelp(
            "每个地址端口的最大连接数 / connections of each listener; one address may take half",
            valueName: "count"))
    var maxConnections = ListenerLimits().connections

    @Option(
        help: ArgumentHelp(
            "每个节点每分钟的最大请求数（省级节点）/ sync requests of one node in a minute, at a hub",
            valueName: "count"))
    var requestsPerMinute = ListenerLimits().requestsPerNodePerMinute

    @Option(
        help: ArgumentHelp(
            "磁盘剩余空间下限，低于此值暂停写入；0 为不限 / stop writing below so much free disk; 0: never",
            valueName: "MiB"))
    var diskFloorMib = DiskFloor.defaultMinimumFreeBytes >> 20

    func validate() throws {
        guard (2...100_000).contains(maxConnections) else {
            throw ValidationError("--max-connections: 2…100000")
        }
        guard (1...1_800).contains(requestsPerMinute) else {
            throw ValidationError("--requests-per-minute: 1…1800")
        }
        guard (0...(1 << 30)).contains(diskFloorMib) else {
            throw ValidationError("--disk-floor-mib: 0…1073741824")
        }
    }

    private var limits: ListenerLimits {
        var limits = ListenerLimits()
        limits.connections = maxConnections
        limits.connectionsPerAddress = maxConnections / 2
        limits.requestsPerNodePerMinute = requestsPerMinute
        return limits
    }

    func run() async throws {
        try await reporting {
            let api = try listener(listen)
            let sync = try listener(syncListen)
            guard DataFolder.exists(path: options.folder) else {
                throw CommandFailure(
                    .noNode, "\(options.folder) 中没有节点：请先运行 creditsync init",
                    "there is no node in \(options.folder): run `creditsync init`")
            }
            guard let level = Logger.Level(rawValue: logLevel) else {
                throw ValidationError(
                    "日志级别无效 / --log-level: trace, debug, info, notice, warning, error")
            }
            guard OpenFiles.makeRoom(forConnections: 2 * maxConnections) else {
                throw CommandFailure(
                    .failed,
                    "系统允许打开的文件数不足以支持 --max-connections \(maxConnections)：请提高 ulimit -n 或减小该值",
                    "too few open files are allowed for --max-connections \(maxConnections): raise "
                        + "`ulimit -n` (LimitNOFILE), or lower the number")
            }
            // Messages of megabytes go back to the system when they are done with. Unless told, the C
            // library soon keeps them, a few for each thread.
            mallopt(M_MMAP_THRESHOLD, 1 << 20)
            let folder = try DataFolder(path: options.folder)
            var logger = Logger(label: "creditsync") { _ in OneLineLog() }
            logger.logLevel = level
            let node = Node(
                store: try Store(folder: folder), logger: logger,
                diskFloor: DiskFloor(
                    path: folder.path, minimumFreeBytes: diskFloorMib << 20))
            let router = API(node).router()
            try ReviewSite(node).add(to: router)
            let server: NodeServer
            do {
                server = try NodeServer(
                    node, router: router, api: api, sync: node.isHub ? sync : nil,
                    limits: limits
                ) { apiPort, syncPort in
                    announce(node, api: (api.host, apiPort), sync: (sync.host, syncPort))
                }
            } catch let refused as NodeServer.NotLoopback {
                throw CommandFailure(
                    .failed,
                    "在建立用户账户之前，API 与页面只能监听本机地址（127.0.0.1），不能监听 \(refused.host)",
                    "until accounts exist the API and the pages listen on loopback only: use "
                        + "127.0.0.1, not \(refused.host)")
            }
            defer { ServiceFile.remove(folder: options.folder) }
            try await server.run()
        }
    }

    private func announce(
        _ node: Node, api: (host: String, port: Int?), sync: (host: String, port: Int?)
    ) {
        let apiAddress = "http://\(api.host):\(api.port ?? 0)"
        let syncAddress = sync.port.map { "http://\(sync.host):\($0)" }
        let file = ServiceFile(
            api: apiAddress, sync: syncAddress, process: ProcessInfo.processInfo.processIdentifier)
        do { try file.write(folder: options.folder) } catch {
            node.logger.error("service.json not written", metadata: ["error": "\(error)"])
        }
        print("\(node.identity.node) \(apiAddress)" + (syncAddress.map { " sync \($0)" } ?? ""))
        fflush(nil)
    }

    private func listener(_ text: String) throws -> NodeServer.Listener {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { throw ValidationError("地址应为 HOST:PORT / an address is HOST:PORT, not \(text)") }
        let host = text[..<colon].trimmingCharacters(in: ["[", "]"])
        return NodeServer.Listener(host: host, port: port)
    }
}
