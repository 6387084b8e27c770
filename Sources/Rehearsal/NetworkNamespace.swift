import Foundation
import NIOCore
import NIOPosix

/// A network of its own for one process, as if it were another machine. Needs root.
public struct NetworkNamespace: Sendable {
    public let name: String
    /// Its address on the wire to the other one.
    public let address: String
    let wrapper: [String]

    private var path: String { "/var/run/netns/\(name)" }
    static let device = "wire"

    fileprivate init(name: String, address: String) throws {
        self.name = name
        self.address = address
        wrapper = [
            try Tool("nsenter", package: "util-linux").path, "--net=/var/run/netns/\(name)",
        ]
    }

    /// Runs a command inside.
    func run(_ tool: Tool, _ arguments: [String], input: String? = nil) throws {
        try Tool("nsenter", package: "util-linux").run(
            wrapper.dropFirst() + [tool.path] + arguments, input: input)
    }

    /// A port out here that leads to an address in there: the API listens on loopback only.
    func link(to address: String) async throws -> Link {
        guard let port = URL(string: address)?.port else {
            throw NodeProcess.Broken(description: "\(address) names no port")
        }
        let link = try await Link.open { bootstrap in
            do {
                return bootstrap.withConnectedSocket(try socket(toPort: port))
            } catch {
                return MultiThreadedEventLoopGroup.singleton.next().makeFailedFuture(error)
            }
        }
        link.up()
        return link
    }

    /// A socket belongs to the network in which its thread was when it was made. The thread is one
    /// of its own, so that no other work is done in there by mistake.
    private func socket(toPort port: Int) throws -> CInt {
        let made = Made()
        let thread = Thread { [path] in
            made.descriptor = Self.connect(toPort: port, inNetwork: path)
            made.isDone.signal()
        }
        thread.start()
        made.isDone.wait()
        guard made.descriptor >= 0 else {
            throw NodeProcess.Broken(description: "nothing listens on port \(port) in \(name)")
        }
        return made.descriptor
    }

    private final class Made: @unchecked Sendable {
        // Read after the semaphore that is signalled after the write.
        var descriptor: CInt = -1
        let isDone = DispatchSemaphore(value: 0)
    }

    private static func connect(toPort port: Int, inNetwork path: String) -> CInt {
        // The Glibc module leaves out what is for Linux alone.
        typealias Enter = @convention(c) (CInt, CInt) -> CInt
        guard let symbol = dlsym(nil, "setns") else { return -1 }
        let network = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard network >= 0 else { return -1 }
        defer { close(network) }
        guard unsafeBitCast(symbol, to: Enter.self)(network, 0) == 0 else { return -1 }
        let made = Foundation.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var to = sockaddr_in()
        to.sin_family = sa_family_t(AF_INET)
        to.sin_port = in_port_t(port).bigEndian
        to.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: to) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return made }
        close(made)
        return -1
    }
}

/// Two networks and the wire between them, which can be slow, lossy, silent or hostile.
public struct NetworkPair: Sendable {
    public let first: NetworkNamespace
    public let second: NetworkNamespace
    private let ip: Tool
    private let filter: Tool
    private let traffic: Tool

    private static let prefix = "creditsync-"

    public init() throws {
        try Tool.requireRoot()
        ip = try Tool("ip", package: "iproute2")
        traffic = try Tool("tc", package: "iproute2")
        filter = try Tool("nft", package: "nftables")
        try Self.removeAbandoned(ip)
        let names = ["a", "b"].map { "\(Self.prefix)\(getpid())-\($0)" }
        first = try NetworkNamespace(name: names[0], address: "192.0.2.1")
        second = try NetworkNamespace(name: names[1], address: "192.0.2.2")
        do {
            for name in names { try ip.run(["netns", "add", name]) }
            try ip.run([
                "link", "add", NetworkNamespace.device, "netns", names[0], "type", "veth", "peer",
                "name", NetworkNamespace.device, "netns", names[1],
            ])
            for side in [first, second] {
                try side.run(
                    ip, ["address", "add", side.address + "/24", "dev", NetworkNamespace.device])
                for device in [NetworkNamespace.device, "lo"] {
                    try side.run(ip, ["link", "set", device, "up"])
                }
            }
        } catch {
            remove()
            throw error
        }
    }

    /// Says what is missing.
    public static func requireMeans() throws {
        let pair = try NetworkPair()
        defer { pair.remove() }
        try pair.limit(kilobitsPerSecond: 1000)
        try pair.lose(percent: 1)
        try pair.reset(percent: 1)
    }

    public func remove() {
        for side in [first, second] { _ = try? ip.run(["netns", "delete", side.name]) }
    }

    /// Of a run that was killed.
    private static func removeAbandoned(_ ip: Tool) throws {
        for line in try ip.run(["netns", "list"]).split(separator: "\n") {
            let name = String(line.prefix { $0 != " " })
            guard name.hasPrefix(prefix),
                let owner = Int32(name.dropFirst(prefix.count).prefix { $0 != "-" }),
                kill(owner, 0) != 0
            else { continue }
            _ = try? ip.run(["netns", "delete", name])
        }
    }

    // MARK: The wire

    public func limit(kilobitsPerSecond rate: Int) throws {
        for side in [first, second] {
            try side.run(
                traffic,
                [
                    "qdisc", "replace", "dev", NetworkNamespace.device, "root", "tbf", "rate",
                    "\(rate)kbit", "burst", "8kb", "latency", "300ms",
                ])
        }
    }

    /// Of the packets of each direction, at random; 100: the wire is silent.
    public func lose(percent: Int) throws {
        try rule(percent < 100 ? "numgen random mod 100 < \(percent) drop" : "drop")
    }

    /// Connections are torn at this share of the packets, at random.
    public func reset(percent: Int) throws {
        try rule("meta l4proto tcp numgen random mod 100 < \(percent) reject with tcp reset")
    }

    public func mend() throws { try rule("accept") }

    private func rule(_ rule: String) throws {
        let table = """
            add table ip rehearsal
            delete table ip rehearsal
            table ip rehearsal {
                chain input {
                    type filter hook input priority 0;
                    iifname "\(NetworkNamespace.device)" \(rule)
                }
            }
            """
        for side in [first, second] { try side.run(filter, ["-f", "-"], input: table) }
    }
}
