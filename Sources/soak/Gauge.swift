import Foundation

/// Reads what a process takes up from `/proc`.
enum Gauge {
    static func sample(_ process: Int32, folder: String, seconds: Double) -> Life.Sample? {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let memory = number("VmRSS:", in: status), let threads = number("Threads:", in: status),
            let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
        else { return nil }
        return Life.Sample(
            seconds: seconds, memoryKiB: Double(memory), files: files.count, threads: threads,
            storeKiB: Double(storeBytes(folder)) / 1024)
    }

    private static func number(_ name: String, in status: String) -> Int? {
        status.split(separator: "\n").first { $0.hasPrefix(name) }?
            .split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }

    private static func storeBytes(_ folder: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0 != "serve.log" }.reduce(0) { sum, name in
            let found = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            return sum + ((found?[.size] as? Int) ?? 0)
        }
    }
}
