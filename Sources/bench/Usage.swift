// Where the compiler, which wants each member's module imported, finds those of `timespec`.
import CDispatch
import Foundation
import Rehearsal

/// What a process has used.
struct Usage {
    var cpuSeconds = 0.0
    var residentMiB = 0.0
    /// Since the process began.
    var peakMiB = 0.0

    init() {}

    init(of process: Int32) throws {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        residentMiB = Self.kibibytes("VmRSS:", in: status) / 1024
        peakMiB = Self.kibibytes("VmHWM:", in: status) / 1024
        // `/proc` counts in hundredths, and many counties use less than one.
        var processClock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(process, &processClock) == 0,
            clock_gettime(processClock, &time) == 0
        else { throw NodeProcess.Broken(description: "process \(process) ended") }
        cpuSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
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
