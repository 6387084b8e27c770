import Foundation
import NIOCore
import Synchronization

/// A file that a command writes. It has its name only once it is complete.
final class ExportFile: Sendable {
    private let path: String
    private let handle: FileHandle
    private let written = Mutex(0)

    var byteCount: Int { written.withLock { $0 } }

    private var partialPath: String { path + ".part" }

    init(path: String) throws {
        self.path = path
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure(
                .failed, "\(path) 已存在：请换一个文件名，或先移走原文件",
                "\(path) exists already: choose another name, or move it away")
        }
        // It holds records: nobody else on the machine may read it.
        let isMade = FileManager.default.createFile(
            atPath: path + ".part", contents: nil, attributes: [.posixPermissions: 0o600])
        guard isMade, let handle = FileHandle(forWritingAtPath: path + ".part") else {
            throw CommandFailure(
                .failed, "无法写入 \(path)：请检查目录是否存在、是否有写权限",
                "cannot write \(path): see whether its folder exists and may be written")
        }
        self.handle = handle
    }

    func write(_ buffer: ByteBuffer) throws {
        try handle.write(contentsOf: Data(buffer.readableBytesView))
        written.withLock { $0 += buffer.readableBytes }
    }

    func finish() throws {
        try handle.synchronize()
        try handle.close()
        try FileManager.default.moveItem(atPath: partialPath, toPath: path)
    }

    func discard() {
        try? handle.close()
        try? FileManager.default.removeItem(atPath: partialPath)
    }
}
