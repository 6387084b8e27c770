import NIOCore

/// Who asks, as far as an address says it: what limits per address are counted by.
public struct SourceAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Four bytes, or the first eight of an IPv6 address: a household or an attacker has a whole
    /// /64 of those.
    private let bytes: [UInt8]

    /// Clients without an address, such as those of a Unix socket, count as one.
    public init(_ address: SocketAddress?) {
        switch address {
        case .v4(let v4):
            // `sin_addr` and `sin6_addr` by their place: every system has them there.
            bytes = withUnsafeBytes(of: v4.address) { Array($0[4..<8]) }
        case .v6(let v6):
            let all = withUnsafeBytes(of: v6.address) { Array($0[8..<24]) }
            let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]
            bytes = Array(all.starts(with: mapped) ? all[12...] : all[..<8])
        default: bytes = []
        }
    }

    public static func < (a: SourceAddress, b: SourceAddress) -> Bool {
        a.bytes.lexicographicallyPrecedes(b.bytes)
    }

    public var description: String {
        switch bytes.count {
        case 4: bytes.map(String.init).joined(separator: ".")
        case 8:
            stride(from: 0, to: 8, by: 2)
                .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
                .joined(separator: ":") + "::/64"
        default: "local"
        }
    }
}
