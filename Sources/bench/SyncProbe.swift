import Foundation

/// What one durable write costs here: 4 KiB and `fdatasync`, which disks do at very different
/// speeds from one hour to the next.
enum SyncProbe {
    static let writes = 50

    /// The median.
    static func milliseconds(in folder: String) throws -> Double {
        let path = folder + "/probe"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer {
            close(file)
            unlink(path)
        }
        let page = [UInt8](repeating: 7, count: 4096)
        let clock = ContinuousClock()
        return try (0..<writes).map { _ in
            let begun = clock.now
            guard write(file, page, page.count) == page.count, fdatasync(file) == 0 else {
                throw Floor.Broken(message: "the probe could not be written")
            }
            return (clock.now - begun) / .milliseconds(1)
        }.median
    }
}
