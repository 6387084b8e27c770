import Foundation
import Glibc

/// Bytes to a port, as no client would send them, and whatever comes back until the other side
/// closes or stays silent. Blocking, so it has a thread of its own.
struct Wire: Sendable {
    enum Step: Sendable {
        case send([UInt8])
        /// One byte after the other, this far apart, until the other side closes.
        case drip([UInt8], milliseconds: UInt32)
        /// Sends no more, but goes on reading.
        case finish
    }

    let port: Int
    static let silenceSeconds = 30

    func talk(_ steps: [Step]) async throws -> Reply {
        let port = port
        let heard = await withCheckedContinuation { done in
            Thread { done.resume(returning: Wire.exchange(port: port, steps)) }.start()
        }
        return Reply(heard: heard)
    }

    /// A connection to a port of this machine; reading from it gives up after a while.
    static func open(port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: silenceSeconds, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if connected == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    private static func exchange(port: Int, _ steps: [Step]) -> [UInt8] {
        guard let descriptor = open(port: port) else { return [] }
        defer { close(descriptor) }
        for step in steps {
            switch step {
            case .send(let bytes): _ = write(bytes, to: descriptor)
            case .drip(let bytes, let milliseconds):
                for byte in bytes where write([byte], to: descriptor) {
                    usleep(milliseconds * 1000)
                }
            case .finish: shutdown(descriptor, Int32(SHUT_WR))
            }
        }
        return read(from: descriptor)
    }

    /// False once the other side has closed.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private static func read(from descriptor: Int32) -> [UInt8] {
        var heard: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return heard }
            heard += buffer[..<count]
        }
    }
}
