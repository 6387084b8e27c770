import Foundation

/// A disk whose power can be cut: what comes back is what had reached it, and nothing that was
/// only in memory. Needs root.
///
/// An ext4 image on a loop device with direct I/O, so that the image holds what the filesystem
/// inside has written out, and not what it still keeps in its page cache. The image lies on XFS,
/// which copies a file at one instant (reflink), whatever is being written meanwhile: a copy read
/// from front to back would mix several instants, which no power cut does.
public struct CuttableDisk: Sendable {
    /// Where it is mounted.
    public let path: String
    private let shelf: String
    private let mount: Tool
    private let unmount: Tool
    private let loops: Tool
    private let copy: Tool

    private var image: String { shelf + "/image" }
    private var cutImage: String { shelf + "/cut" }
    private var shelfImage: String { shelf + ".image" }

    static let mebibytes = 64
    /// The least that `mkfs.xfs` accepts; sparse.
    static let shelfMebibytes = 320

    /// Mounts at `path`; its parts lie beside it.
    public init(at path: String) throws {
        try Tool.requireRoot()
        self.path = path
        shelf = path + ".shelf"
        mount = try Tool("mount", package: "mount")
        unmount = try Tool("umount", package: "mount")
        loops = try Tool("losetup", package: "mount")
        copy = try Tool("cp", package: "coreutils")
        for folder in [path, shelf] {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        }
        do {
            try make(shelfImage, mebibytes: Self.shelfMebibytes)
            try Tool("mkfs.xfs", package: "xfsprogs").run(["-q", "-m", "reflink=1", shelfImage])
            try mount.run(["-o", "loop", shelfImage, shelf])
            try make(image, mebibytes: Self.mebibytes)
            // Smaller blocks than pages do not go with direct I/O everywhere.
            try Tool("mkfs.ext4", package: "e2fsprogs").run(["-q", "-b", "4096", image])
            try mountImage()
        } catch {
            remove()
            throw error
        }
    }

    /// Says what is missing.
    public static func requireMeans() throws {
        let path = FileManager.default.temporaryDirectory.path + "/creditsync-disk-\(UUID())"
        let disk = try CuttableDisk(at: path)
        defer { disk.remove() }
        try disk.cut()
        try disk.comeBack()
    }

    private func make(_ file: String, mebibytes: Int) throws {
        guard FileManager.default.createFile(atPath: file, contents: nil),
            let handle = FileHandle(forWritingAtPath: file)
        else { throw Tool.Missing(description: "\(file) cannot be written") }
        try handle.truncate(atOffset: UInt64(mebibytes) << 20)
        try handle.close()
    }

    private func mountImage() throws {
        let device = try loops.run(["--direct-io=on", "--find", "--show", image])
        // Goes away with the mount.
        defer { _ = try? loops.run(["-d", device]) }
        // Nothing is written out for its age while a test looks on: only what was asked for.
        try mount.run(["-o", "commit=300", device, path])
    }

    /// Keeps what is on the disk at this instant; it goes on until it comes back.
    public func cut() throws { try copy.run(["--reflink=always", image, cutImage]) }

    /// A file that is written and never synced: it must not outlive a cut that comes soon.
    public func scribble(_ name: String) throws {
        try make(path + "/" + name, mebibytes: 0)
        guard let file = FileHandle(forWritingAtPath: path + "/" + name) else {
            throw NodeProcess.Broken(description: "\(name) cannot be written")
        }
        try file.write(contentsOf: Data("in memory only".utf8))
        try file.close()
    }

    /// What came of it.
    public func scribbled(_ name: String) -> [UInt8] {
        Array(FileManager.default.contents(atPath: path + "/" + name) ?? Data())
    }

    /// As after the cut. Nothing may have a file open on it.
    public func comeBack() throws {
        try unmount.run([path])
        _ = try FileManager.default.removeItem(atPath: image)
        try FileManager.default.moveItem(atPath: cutImage, toPath: image)
        try mountImage()
    }

    public func remove() {
        for mounted in [path, shelf] { _ = try? unmount.run(["-l", mounted]) }
        for item in [path, shelf, shelfImage] {
            _ = try? FileManager.default.removeItem(atPath: item)
        }
    }
}
