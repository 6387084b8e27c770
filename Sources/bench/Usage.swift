import Foundation

/// What a process has used, from `/proc`.
struct Usage {
    var cpuSeconds = 0.0
    var residentMiB = 0.0
    /// Since the process began.
    var peakMiB = 0.0

    init() {}

    init(of process: Int32) throws {
        let path = "/proc/\(process)"
        let status = try String(contentsOfFile: path + "/status", encoding: .utf8)
        residentMiB = Self.kibibytes("VmRSS:", in: status) / 1024
        peakMiB = Self.kibibytes("VmHWM:", in: status) / 1024
        // Behind the name, which may hold anything, come the numbered fields from the third on.
        let stat = try String(contentsOfFile: path + "/stat", encoding: .utf8)
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        let ticks = [12, 13].reduce(0.0) { sum, index in
            sum + (fields.count > index ? Double(fields[index]) ?? 0 : 0)
        }
        cpuSeconds = ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// What was used in between; the memory as it is now.
    func since(_ before: Usage) -> Usage {
        var usage = self
        usage.cpuSeconds -= before.cpuSeconds
        return usage
    }

    private static func kibibytes(_ name: String, in status: String) -> Double {
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
            Double($0)
        } ?? 0
    }
}
