import Foundation

/// A disk of a few megabytes in memory, to be filled to its last byte. Needs root.
public struct SmallDisk: Sendable {
    public let path: String
    private let unmount: Tool

    private var ballast: String { path + "/ballast" }

    public init(at path: String, mebibytes: Int) throws {
        try Tool.requireRoot()
        self.path = path
        unmount = try Tool("umount", package: "mount")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Tool("mount", package: "mount").run(
            ["-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", path])
    }

    /// Says what is missing.
    public static func requireMeans() throws {
        let path = FileManager.default.temporaryDirectory.path + "/creditsync-disk-\(UUID())"
        try SmallDisk(at: path, mebibytes: 1).remove()
    }

    public func remove() {
        // Lazily: whatever still has a file open keeps no folder from going.
        _ = try? unmount.run(["-l", path])
        _ = try? FileManager.default.removeItem(atPath: path)
    }

    public var freeBytes: Int {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
        return (attributes?[.systemFreeSize] as? NSNumber)?.intValue ?? 0
    }

    /// Fills it until no more than this is free.
    public func fill(leavingBytes: Int) throws {
        if !FileManager.default.fileExists(atPath: ballast) {
            _ = FileManager.default.createFile(atPath: ballast, contents: nil)
        }
        guard let file = FileHandle(forWritingAtPath: ballast) else {
            throw NodeProcess.Broken(description: "\(ballast) cannot be written")
        }
        try file.seekToEnd()
        while freeBytes > leavingBytes {
            let chunk = Data(count: min(freeBytes - leavingBytes, 1 << 20))
            // Somebody else took the rest meanwhile: then it is full, too.
            guard (try? file.write(contentsOf: chunk)) != nil else { break }
        }
        try file.close()
    }

    public func makeRoom() throws { try FileManager.default.removeItem(atPath: ballast) }
}
