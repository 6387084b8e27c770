import FaultyDisk
import Foundation
import SyncCore

@testable import Store

/// A node on a disk that fails as planned, through the same doors as in production: its folder, its
/// pool of connections, its write-ahead log.
final class Machine {
    let disk: FaultyDisk
    let folder: DataFolder
    private(set) var store: Store?

    init() throws {
        let path = NSTemporaryDirectory() + "creditsync-faulty-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        disk = FaultyDisk(mountedAt: path)
        folder = try DataFolder(path: path, busySeconds: 0)
    }

    deinit {
        stop()
        disk.unmount()
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    /// Of every instant: what is done twice is done alike.
    static let now: Int64 = 1_772_352_000_000

    static let random: @Sendable (Int) -> [UInt8] = { count in
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    }

    @discardableResult
    func open() throws -> Store {
        if let store { return store }
        let opened = try Store(folder: folder, clock: { Self.now }, random: Self.random)
        store = opened
        return opened
    }

    @discardableResult
    func create(_ identity: Identity) throws -> Store {
        try Store.create(identity, in: folder)
        return try open()
    }

    /// Ends the process in good order. What fails here nobody is told: SQLite swallows it.
    func stop() {
        try? store?.close()
        store = nil
    }

    /// Ends the process if there is one, and begins with the disk as it is, or with another.
    func boot(with contents: DiskContents? = nil) throws {
        stop()
        disk.boot(with: contents)
        // The node asks the system whether it has a database before SQLite does.
        let path = folder.path + "/node.sqlite"
        if disk.contents.exists("node.sqlite") {
            if !FileManager.default.fileExists(atPath: path) {
                _ = FileManager.default.createFile(atPath: path, contents: nil)
            }
        } else {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// The process is gone without closing anything; its database lies as it lay.
    func crash() throws {
        try boot(with: disk.contents)
    }

    /// What a reader finds; opens the store if it is not open.
    func look() throws -> Found {
        do {
            return .node(try Dump(of: try open()))
        } catch StoreError.notInitialised {
            return .nothing
        }
    }
}

/// What is on a disk as readers see it.
enum Found: Hashable, CustomStringConvertible {
    case nothing
    case node(Dump)

    var description: String {
        switch self {
        case .nothing: "no node"
        case .node(let dump): "a node with \(dump)"
        }
    }

    /// Names the tables that differ.
    func difference(from other: Found) -> String {
        guard case .node(let here) = self, case .node(let there) = other else {
            return "\(self), not \(other)"
        }
        return here.tablesThatDiffer(from: there).joined(separator: ", ")
    }
}
